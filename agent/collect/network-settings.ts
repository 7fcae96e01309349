import { z } from 'zod';
import { AllowedServices } from '../../policies/checks/network/services.ts';
import { NetworkText } from '../../policies/checks/ssh-access/parameters.ts';

/** What agent.yaml says of the host's network; kinds that read these keys share this one shape. */
export const networkSettings = {
  /** What may be reached on this host. */
  services: AllowedServices.optional(),
  /** Networks from which this host may be managed. */
  managementAddresses: z.array(NetworkText).min(1).max(128).optional(),
  /** TCP ports of management services, in place of those that are known. */
  managementPorts: z.array(z.int().min(1).max(65_535)).min(1).max(128).optional(),
  /** Interfaces that lead to nobody but administrators, such as that of a VPN. */
  trustedInterfaces: z.array(z.string().min(1).max(128)).max(64).default([]),
  /** `private`: no address of the Internet leads to this host, by translation of addresses either. */
  exposure: z.enum(['internet', 'private']).default('internet'),
};
