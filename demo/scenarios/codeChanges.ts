/** Merge requests for the review assistant: what changed, the file around it, and what a good reviewer says. */

export interface CodeChange {
  readonly repository: string;
  readonly language: string;
  readonly title: string;
  readonly path: string;
  /** The name whose uses the reviewer looks up. */
  readonly symbol: string;
  readonly diff: string;
  readonly file: string;
  readonly reviews: readonly string[];
}

export const CHANGES: readonly CodeChange[] = [
  {
    repository: 'webshop',
    language: 'typescript',
    title: 'Cache the exchange rates',
    path: 'src/pricing/rates.ts',
    symbol: 'getRate',
    diff: `@@ -3,9 +3,15 @@
-export async function getRate(currency: string): Promise<number> {
-  return fetchRate(currency);
+const cache = new Map<string, number>();
+
+export async function getRate(currency: string): Promise<number> {
+  if (cache.get(currency)) return cache.get(currency)!;
+  const rate = await fetchRate(currency);
+  cache.set(currency, rate);
+  return rate;
 }`,
    file: `import { z } from 'zod';

const cache = new Map<string, number>();

export async function getRate(currency: string): Promise<number> {
  if (cache.get(currency)) return cache.get(currency)!;
  const rate = await fetchRate(currency);
  cache.set(currency, rate);
  return rate;
}

const RateAnswer = z.object({ base: z.literal('EUR'), rates: z.record(z.string(), z.number()) });

async function fetchRate(currency: string): Promise<number> {
  const res = await fetch(\`\${process.env.RATES_URL}?symbols=\${encodeURIComponent(currency)}\`);
  if (!res.ok) throw new Error(\`Rates answered \${res.status}\`);
  const { rates } = RateAnswer.parse(await res.json());
  const rate = rates[currency];
  if (rate === undefined) throw new Error(\`No rate for \${currency}\`);
  return rate;
}

/** Rounds half up, as the invoices do. */
export function convert(cents: number, rate: number): number {
  return Math.round(cents * rate);
}`,
    reviews: [
      '**`src/pricing/rates.ts:6`: the cache never expires.** A server that runs for a week sells at the rates of a week ago. Keep the time next to the rate, and fetch again after an hour.\n\n**Same place: two customers at once fetch twice.** Harmless, but easy to avoid: put the promise into the map, and delete it when it fails.\n\nThe rest reads well.',
      'One finding. `getRate` keeps a rate for ever (`rates.ts:6`). After a restart prices jump, and nobody will know why:\n\n```ts\nconst cached = cache.get(currency);\nif (cached && cached.fetchedAt > now() - HOUR_MS) return cached.rate;\n```\n\nA test with a fake clock would have shown it.',
    ],
  },
  {
    repository: 'warehouse',
    language: 'python',
    title: 'Pick lists sorted by aisle',
    path: 'picking/route.py',
    symbol: 'sort_picks',
    diff: `@@ -11,7 +11,8 @@ class Pick:
-def sort_picks(picks):
-    return picks
+def sort_picks(picks, seen=[]):
+    seen.extend(p.bay for p in picks)
+    return sorted(picks, key=lambda p: (p.bay[0], p.bay[1:]))`,
    file: `from dataclasses import dataclass


@dataclass(frozen=True)
class Pick:
    order: str
    sku: str
    bay: str  # such as "B14": hall and number
    pieces: int


def sort_picks(picks, seen=[]):
    seen.extend(p.bay for p in picks)
    return sorted(picks, key=lambda p: (p.bay[0], p.bay[1:]))


def split_by_cart(picks, capacity=40):
    carts, cart, load = [], [], 0
    for pick in sort_picks(picks):
        if load + pick.pieces > capacity and cart:
            carts.append(cart)
            cart, load = [], 0
        cart.append(pick)
        load += pick.pieces
    if cart:
        carts.append(cart)
    return carts`,
    reviews: [
      '1. **`route.py:12`: the default list is shared between all calls.** `seen` grows until the process ends. Nothing reads it, so remove it.\n2. **`route.py:14`: bays sort as text.** `B2` comes after `B14`, and the picker walks the hall twice. Use `int(p.bay[1:])`.',
      'The order is wrong for two-digit bays: `"14" < "2"` as text. With `key=lambda p: (p.bay[0], int(p.bay[1:]))` the route is right. I would also drop `seen=[]`: a list as a default lives as long as the program.',
    ],
  },
  {
    repository: 'search',
    language: 'sql',
    title: 'Report of abandoned baskets',
    path: 'reports/abandoned_baskets.sql',
    symbol: 'basket_events',
    diff: `@@ -1,6 +1,9 @@
 SELECT b.id, b.customer_id, max(e.at) AS last_seen
 FROM baskets b
-JOIN basket_events e ON e.basket_id = b.id
+LEFT JOIN basket_events e ON e.basket_id = b.id
+LEFT JOIN orders o ON o.customer_id = b.customer_id
+WHERE o.id IS NULL AND e.at < now() - interval '2 days'
 GROUP BY b.id, b.customer_id`,
    file: `-- Baskets that were filled and then left for two days.
SELECT b.id, b.customer_id, max(e.at) AS last_seen
FROM baskets b
LEFT JOIN basket_events e ON e.basket_id = b.id
LEFT JOIN orders o ON o.customer_id = b.customer_id
WHERE o.id IS NULL AND e.at < now() - interval '2 days'
GROUP BY b.id, b.customer_id
ORDER BY last_seen DESC;`,
    reviews: [
      '**Line 5 joins on the customer, not on the basket.** Whoever ever ordered anything is missing from the report. It should be `o.basket_id = b.id`.\n\n**Line 6 makes the first LEFT JOIN an inner one**: a basket without events has `e.at` NULL, and falls out. And `max(e.at)` has to be compared in `HAVING`, or one old event makes a fresh basket look abandoned.',
    ],
  },
  {
    repository: 'scanner-app',
    language: 'go',
    title: 'Upload scans in parallel',
    path: 'upload/worker.go',
    symbol: 'UploadAll',
    diff: `@@ -9,10 +9,16 @@
 func UploadAll(ctx context.Context, c *Client, scans []Scan) error {
-	for _, s := range scans {
-		if err := c.Upload(ctx, s); err != nil {
-			return err
-		}
-	}
-	return nil
+	errs := make(chan error)
+	for _, s := range scans {
+		go func() { errs <- c.Upload(ctx, s) }()
+	}
+	for range scans {
+		if err := <-errs; err != nil {
+			return err
+		}
+	}
+	return nil
 }`,
    file: `package upload

import "context"

type Scan struct {
	ID   string
	Data []byte
}

func UploadAll(ctx context.Context, c *Client, scans []Scan) error {
	errs := make(chan error)
	for _, s := range scans {
		go func() { errs <- c.Upload(ctx, s) }()
	}
	for range scans {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}`,
    reviews: [
      '**`worker.go:17`: on the first error all other goroutines hang for ever.** Nobody reads `errs` any more, and the channel has no buffer. `make(chan error, len(scans))` would do, but better:\n\n```go\ng, ctx := errgroup.WithContext(ctx)\ng.SetLimit(8)\nfor _, s := range scans {\n\tg.Go(func() error { return c.Upload(ctx, s) })\n}\nreturn g.Wait()\n```\n\nThis also keeps a scanner with 4,000 scans from opening 4,000 connections.',
      'A leak and a flood:\n\n- After an error the remaining senders block (unbuffered channel, reader gone).\n- There is no limit: the queue of a whole day is sent at once, over the mobile network of the hall.\n\n`errgroup` with `SetLimit(8)` solves both.',
    ],
  },
  {
    repository: 'webshop',
    language: 'typescript',
    title: 'Show the review text in the product page',
    path: 'src/product/ReviewText.tsx',
    symbol: 'ReviewText',
    diff: `@@ -4,5 +4,5 @@
 export function ReviewText({ review }: { review: Review }) {
-  return <p>{review.text}</p>;
+  return <p dangerouslySetInnerHTML={{ __html: review.text.replaceAll('\\n', '<br>') }} />;
 }`,
    file: `import type { Review } from './review';
import styles from './ReviewText.module.css';

export function ReviewText({ review }: { review: Review }) {
  return <p dangerouslySetInnerHTML={{ __html: review.text.replaceAll('\\n', '<br>') }} />;
}

export function ReviewDate({ review }: { review: Review }) {
  return <time className={styles.date} dateTime={review.at}>{review.at.slice(0, 10)}</time>;
}`,
    reviews: [
      '**Must not be merged: `ReviewText.tsx:5` runs scripts that customers write.** A review such as `<img src=x onerror=…>` would run in the browser of every visitor. Line breaks need only CSS:\n\n```tsx\nreturn <p className={styles.text}>{review.text}</p>; // .text { white-space: pre-line }\n```',
    ],
  },
];
