/** What the support assistant is told with every call: long and always the same, so that providers cache it. */
export const SHOP_FACTS = `## Shop facts

Delivery
- Germany, Austria: DHL, 1 to 3 working days. Benelux, France: DPD, 2 to 4. Spain, Portugal, Italy: GLS, 3 to 5. Nordics: PostNord, 2 to 4. UK: DPD, 3 to 6, duty paid up to 135 GBP. Switzerland: GLS, 2 to 4, duty paid.
- Orders until 13:00 CET leave the same day, Monday to Friday. Tents and skis are sent as bulky goods and take one day more.
- Gas canisters and lithium packs above 100 Wh travel by road only, within the EU. They are never sent together with other goods.
- A parcel that does not move for five working days counts as lost: we send a new one, or give the money back, as the customer likes.
- The address can be changed in "My orders" until the parcel is packed. After that only the carrier can do it.

Returns
- 60 days from delivery. Unused, with tags, in any box. The label is in the parcel, and as a PDF in "My orders".
- Underwear, opened food and cut rope by the metre cannot come back. Helmets and ropes only in sealed packaging.
- Refunds go to the means of payment of the order: card 3 to 5 working days, PayPal 1 to 2, invoice by transfer, gift card at once.
- An exchange is a new order plus a return. The new item can be set aside until the evening of the next day.

Repairs and warranty
- Workshop in Bergen, and in Graz for customers south of the Main. Summer three weeks, winter ten days. Two urgent places a day.
- Covered for 5 years: seams, zips, poles, buckles, delamination. Not covered: wear, moths, burns, more than 100 days of full sun, repairs by others.
- Outside of the warranty we repair at cost: zip 28 EUR, patch 12 EUR, pole segment 9 EUR, new membrane not possible.
- Worn safety gear is never repaired. A rope is retired after a hard fall, after contact with acid, or ten years after it was made.

Sizes
- Men's jackets: S chest 92, M 98, L 104, XL 112. Women's: XS 82, S 86, M 90, L 96, XL 104. Children by height: 98 to 152 in steps of 6.
- Tind, Rim and Skodde are cut close, Kvass is wide. Boots and approach shoes run half a size small; with thick socks one size up.
- Packs by back length: short up to 44 cm, regular 44 to 50, long above 50. The belt of the Skarv is replaceable in three lengths.

Care
- Membranes: 30 °C, gentle, liquid detergent, no softener, two rinses, dryer on low for 20 minutes. Renew the finish when water no longer beads.
- Down: special detergent, dryer on low with two tennis balls, up to three hours. Merino: wool cycle, lay flat, no dryer.

Members
- Points: 1 per EUR, 200 points are 5 EUR. They expire after 24 months. Points of a returned item are taken back.
- Students, mountain rescue and guides get 10 % after proof in "My account". Discounts do not add up.`;
