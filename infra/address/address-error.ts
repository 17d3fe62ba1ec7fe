import { CachestormError } from '../../harness/failure/cachestorm-error.ts';

/** An address that can't be used as it is written. Its message never holds the address, which may hold a password. */
export class AddressError extends CachestormError {
  readonly code = 'E_ADDRESS';
  readonly failure = 'usage';
  override readonly name = 'AddressError';
}
