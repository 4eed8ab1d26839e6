/**
 * How long one address of a host is tried before the next.
 *
 * @module
 */

/**
 * An option of `net.connect`. Without it each address but the last gets a quarter of a second and no second chance: of a host
 * far away, or after one lost packet (which is sent again after a second), only the address is left that leads nowhere.
 */
export const CONNECT_ATTEMPT: { readonly autoSelectFamilyAttemptTimeout: number } = {
  autoSelectFamilyAttemptTimeout: 2000,
};
