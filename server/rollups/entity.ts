import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { OrganizationRow } from '#server/organizations/entity';

/** What the sums of an hour and those of a day have in common. Added behind the commit of the requests (rollupUpdater.ts). */
abstract class RequestSums {
  /** How many requests. Each sum below leaves out those that did not report it, and a count says how many did. */
  @Column({ type: 'bigint' })
  requests!: number;

  @Column({ type: 'bigint' })
  input_tokens!: number;

  @Column({ type: 'bigint' })
  output_tokens!: number;

  /** Requests that reported input tokens: the others are unknown, which is not zero. */
  @Column({ type: 'bigint' })
  input_reported!: number;

  @Column({ type: 'bigint' })
  output_reported!: number;

  /** Requests that reported no input or no output tokens. */
  @Column({ type: 'bigint' })
  unmeasured_requests!: number;

  /** Part of the input tokens. */
  @Column({ type: 'bigint' })
  cached_input_tokens!: number;

  /** Part of the output tokens. */
  @Column({ type: 'bigint' })
  reasoning_tokens!: number;

  @Column({ type: 'numeric', precision: 24, scale: 12 })
  cost_usd!: string;

  /** Requests whose cost is unknown. */
  @Column({ type: 'bigint' })
  unpriced_requests!: number;

  /** In microseconds, which are whole numbers: what is added and taken off again leaves nothing behind. */
  @Column({ type: 'numeric', precision: 24, scale: 0 })
  latency_us!: string;

  @Column({ type: 'bigint' })
  latency_reported!: number;
}

/** Sums of the requests of one hour, by what most filters ask for. '' is what a request does not have, '…' what was folded. */
@Entity({ name: 'request_hours' })
export class RequestHourRow extends RequestSums {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_hours_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'request_hours_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** The beginning of the hour, UTC. */
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'request_hours_pkey' })
  hour!: Date;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_hours_pkey' })
  provider!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_hours_pkey' })
  model!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_hours_pkey' })
  prompt_slug!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_hours_pkey' })
  environment!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_hours_pkey' })
  status!: string;
}

/** The same by UTC day: what a month is read from. */
@Entity({ name: 'request_days' })
export class RequestDayRow extends RequestSums {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_days_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'request_days_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** The beginning of the day, UTC. */
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'request_days_pkey' })
  day!: Date;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_days_pkey' })
  provider!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_days_pkey' })
  model!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_days_pkey' })
  prompt_slug!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_days_pkey' })
  environment!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_days_pkey' })
  status!: string;
}

/**
 * What all requests of an hour or of a UTC day have in common, whatever they are: their sums, and how long they took in
 * logarithmic buckets (rollUp.ts), so that any percentile is within 2 %.
 */
@Entity({ name: 'request_totals' })
export class RequestTotalRow extends RequestSums {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_totals_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'request_totals_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** `hour` or `day`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_totals_pkey' })
  grain!: string;

  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'request_totals_pkey' })
  starts_at!: Date;

  /** In any order, those that are not empty; from 1,000 on those of the time to the first token, from 2,000 on of the speed. */
  @Column({ type: 'smallint', array: true })
  buckets!: number[];

  /** How many requests each of them holds. */
  @Column({ type: 'integer', array: true })
  counts!: number[];

  /** Requests whose status is `error`. */
  @Column({ type: 'bigint' })
  errors!: number;

  /** For a row of a day: how many rows `request_user_days` has for it, so that they are kept below a cap. */
  @Column({ type: 'bigint' })
  users!: number;

  /** For a row of a day: whether prompts and environments, models and providers, or users were counted together as *other*. */
  @Column({ type: 'boolean' })
  has_other_prompts!: boolean;

  @Column({ type: 'boolean' })
  has_other_models!: boolean;

  @Column({ type: 'boolean' })
  has_other_users!: boolean;
}

/** Sums of the requests that have one value of one dimension in an hour or on a UTC day, in the words of `request_days`. */
@Entity({ name: 'request_values' })
export class RequestValueRow extends RequestSums {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_values_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'request_values_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** The name of the column of `request_days` that is told apart. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_values_pkey' })
  dimension!: string;

  /** `hour` or `day`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_values_pkey' })
  grain!: string;

  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'request_values_pkey' })
  starts_at!: Date;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_values_pkey' })
  value!: string;

  /** Requests whose status is `error`. */
  @Column({ type: 'bigint' })
  errors!: number;

  /** How long they took, and how fast they came, as in `request_totals`. */
  @Column({ type: 'smallint', array: true })
  buckets!: number[];

  @Column({ type: 'integer', array: true })
  counts!: number[];
}

/** Sums of the requests of one user on a UTC day. '' are those without a user, '…' those of users beyond a cap. */
@Entity({ name: 'request_user_days' })
export class RequestUserDayRow extends RequestSums {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_user_days_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'request_user_days_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  /** The beginning of the day, UTC. */
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'request_user_days_pkey' })
  day!: Date;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'request_user_days_pkey' })
  user_id!: string;

  /** Requests whose status is `error`. */
  @Column({ type: 'bigint' })
  errors!: number;
}

/**
 * Requests that are stored and that the rollups do not count yet: one row for each batch of the writer, in the statement
 * that stores them. A deleted request is taken out of it.
 */
@Entity({ name: 'unsummed_requests' })
export class UnsummedRequestsRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'unsummed_requests_pkey' })
  @ForeignKey(() => OrganizationRow, { name: 'unsummed_requests_of_organization', onDelete: 'CASCADE' })
  org_id!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'unsummed_requests_pkey' })
  id!: string;

  @Column({ type: 'uuid', array: true })
  ids!: string[];

  /** How many ids there were, before any was taken out: they may be kept out of line, where counting them would read them. */
  @Column({ type: 'integer' })
  rows!: number;
}
