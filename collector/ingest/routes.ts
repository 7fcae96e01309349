import express, { Router } from 'express';
import type { z } from 'zod';
import {
  CertificateSubmission,
  EnrolmentRequest,
  maximumSubmission,
  RotationSubmission,
  Submission,
} from '../../evidence/exchange.ts';
import type { AgentDoor, Connection } from '../clients/door.ts';
import { answerCertificateRequest, type CertificateDependencies } from '../clients/request.ts';
import { Problem } from '../problem.ts';
import { enrolAgent, type EnrolDependencies } from './enrol.ts';
import { ingestRotation } from './rotation.ts';
import { ingestReport, type IngestDependencies } from './report.ts';

export function reportRoutes(dependencies: IngestDependencies, door: AgentDoor): Router {
  const router = Router();
  router.post('/reports', door.admit, express.json({ limit: maximumSubmission }), async (request, response) => {
    const submission = parseBody(Submission, request.body);
    const receipt = await ingestReport(submission, dependencies, door.connectionOf(request));
    // Not `json`: it would hash each answer for an entity tag, of which nobody asks twice.
    response.type('json').end(JSON.stringify(receipt));
  });
  router.post('/rotations', door.admit, express.json({ limit: '128kb' }), async (request, response) => {
    const submission = parseBody(RotationSubmission, request.body);
    response.json(await ingestRotation(submission, dependencies, door.connectionOf(request)));
  });
  return router;
}

export function enrolmentRoutes(
  dependencies: EnrolDependencies & CertificateDependencies,
  door: AgentDoor,
  now: () => Date,
): Router {
  const router = Router();
  router.post('/enrol', express.json({ limit: '16kb' }), async (request, response) => {
    const answer = await enrolAgent(parseBody(EnrolmentRequest, request.body), now(), dependencies);
    door.invite(response);
    response.json(answer);
  });
  router.post('/certificates', express.json({ limit: '16kb' }), (request, response) => {
    const submission = parseBody(CertificateSubmission, request.body);
    const connection = (): Connection => door.admitted(request);
    response.json(answerCertificateRequest(submission, connection, now(), dependencies));
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
