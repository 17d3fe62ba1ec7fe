/** An address that can't be used as it is written. Its message never holds the address, which may hold a password. */
export class AddressError extends Error {
  readonly code = 'E_ADDRESS';
  override readonly name = 'AddressError';
}
