import express, { Router } from 'express';
import type { z } from 'zod';
import { EnrolmentRequest, maximumSubmission, RotationSubmission, Submission } from '../../evidence/exchange.ts';
import { Problem } from '../problem.ts';
import { enrolAgent, type EnrolDependencies } from './enrol.ts';
import { ingestRotation } from './rotation.ts';
import { ingestReport, type IngestDependencies } from './report.ts';

export function reportRoutes(dependencies: IngestDependencies): Router {
  const router = Router();
  router.post('/reports', express.json({ limit: maximumSubmission }), async (request, response) => {
    const receipt = await ingestReport(parseBody(Submission, request.body), dependencies);
    // Not `json`: it would hash each answer for an entity tag, of which nobody asks twice.
    response.type('json').end(JSON.stringify(receipt));
  });
  router.post('/rotations', express.json({ limit: '128kb' }), async (request, response) => {
    response.json(await ingestRotation(parseBody(RotationSubmission, request.body), dependencies));
  });
  return router;
}

export function enrolmentRoutes(dependencies: EnrolDependencies, now: () => Date): Router {
  const router = Router();
  router.post('/enrol', express.json({ limit: '16kb' }), async (request, response) => {
    response.json(await enrolAgent(parseBody(EnrolmentRequest, request.body), now(), dependencies));
  });
  return router;
}

/** @throws Problem `http.body` */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem(
    400,
    'http.body',
    `${['body', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'not as expected'}`,
  );
}
