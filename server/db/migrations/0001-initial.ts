import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Organizations, keys, requests with their payloads, hourly sums, spans. */
export class Initial1764000000000 implements MigrationInterface {
  name = 'Initial1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE organizations (
        id uuid NOT NULL,
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT organizations_pkey PRIMARY KEY (id)
      );

      CREATE TABLE api_keys (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        key_hash bytea NOT NULL,
        key_prefix text NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz,
        CONSTRAINT api_keys_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT api_keys_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (key_hash);

      CREATE TABLE requests (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        started_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        model text NOT NULL,
        response_model text,
        provider text NOT NULL,
        endpoint text,
        name text,
        status text NOT NULL,
        error json,
        finish_reason text,
        stream boolean,
        latency_ms double precision,
        ttft_ms double precision,
        input_tokens bigint,
        output_tokens bigint,
        cached_input_tokens bigint,
        cache_write_tokens bigint,
        reasoning_tokens bigint,
        audio_input_tokens bigint,
        audio_output_tokens bigint,
        cost_usd numeric(20,12),
        cost_source text,
        service_tier text,
        provider_request_id text,
        prompt_slug text,
        prompt_version text,
        trace_id text,
        parent_id text,
        user_id text,
        session_id text,
        environment text,
        release text,
        tags jsonb NOT NULL,
        input_preview text,
        output_preview text,
        truncated boolean NOT NULL,
        CONSTRAINT requests_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT requests_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE INDEX requests_by_time ON requests (org_id, started_at, id);
      CREATE INDEX requests_by_model ON requests (org_id, model, started_at, id);
      CREATE INDEX requests_by_prompt ON requests (org_id, prompt_slug, started_at, id) WHERE prompt_slug IS NOT NULL;
      CREATE INDEX requests_by_trace ON requests (org_id, trace_id, started_at, id) WHERE trace_id IS NOT NULL;
      CREATE INDEX requests_by_user ON requests (org_id, user_id, started_at, id) WHERE user_id IS NOT NULL;
      CREATE INDEX requests_by_session ON requests (org_id, session_id, started_at, id) WHERE session_id IS NOT NULL;
      CREATE INDEX requests_not_successful ON requests (org_id, status, started_at, id) WHERE status <> 'success';

      CREATE TABLE request_payloads (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        messages json NOT NULL,
        response_content text,
        response json,
        parameters json,
        tools json,
        prompt_variables json,
        metadata json,
        sdk json,
        CONSTRAINT request_payloads_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT request_payloads_of_request FOREIGN KEY (org_id, id) REFERENCES requests (org_id, id) ON DELETE CASCADE
      );

      CREATE TABLE request_hours (
        org_id uuid NOT NULL,
        hour timestamptz NOT NULL,
        provider text NOT NULL,
        model text NOT NULL,
        shard smallint NOT NULL,
        requests bigint NOT NULL,
        errors bigint NOT NULL,
        input_tokens bigint NOT NULL,
        output_tokens bigint NOT NULL,
        cost_usd numeric(24,12) NOT NULL,
        unpriced_requests bigint NOT NULL,
        latency_ms_sum double precision NOT NULL,
        latency_ms_count bigint NOT NULL,
        CONSTRAINT request_hours_pkey PRIMARY KEY (org_id, hour, provider, model, shard),
        CONSTRAINT request_hours_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      ) WITH (fillfactor = 70);

      CREATE TABLE spans (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        trace_id text NOT NULL,
        parent_id text,
        name text NOT NULL,
        started_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        latency_ms double precision,
        status text NOT NULL,
        error json,
        user_id text,
        session_id text,
        environment text,
        release text,
        tags jsonb NOT NULL,
        metadata json,
        CONSTRAINT spans_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT spans_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE INDEX spans_by_trace ON spans (org_id, trace_id, started_at, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE spans, request_hours, request_payloads, requests, api_keys, organizations');
  }
}
