import { systemClock } from '../../harness/time/clock.ts';
import type { Backend, Finding, Needs, Role, StartContext, StartedBackend } from '../backend.ts';
import { BackendControlError, BackendStoppedError, UnfitServersError } from '../errors.ts';
import { type Attempt, connectFailure, insistsOnTls } from './connect-failure.ts';
import { secretsIn } from './credentials.ts';
import { type Account, createUser, newAccount, ROLES } from './database/account.ts';
import { addressFor, type DatabaseAddress, parseDatabaseAddress, withTls } from './database/address.ts';
import { connect } from './database/connection.ts';
import { type DatabasePlace, examineDatabase, factsOf, takenBy } from './database/examine.ts';
import { lockSchema } from './database/lease.ts';
import { type MarkedBroker, readMarker, writeMarker } from './database/marker.ts';
import { type BrokerOfRun, dismantle, ownTables, schemaExists } from './database/possession.ts';
import { grantsOf } from './database/privileges.ts';
import { remove } from './database/removal.ts';
import type { DatabaseFacts } from './database/settings.ts';
import { type Held, Hold, type Lease, NotYetError } from './hold.ts';
import { reachAny } from './reach.ts';
import { settingUp } from './setting-up.ts';
import { newToken } from './token.ts';

export interface ExternalDatabaseOptions {
  /** See `parseDatabaseAddress`. */
  readonly url: string;
  /** @default the address's, or `cachestorm` */
  readonly schema?: string | undefined;
  readonly needs: Needs;
  /** @default one that only this backend knows */
  readonly token?: string | undefined;
  /** The broker of the environment; the prefix where the run has queues there. @default none */
  readonly broker?: (BrokerOfRun & { readonly prefix: string | null }) | undefined;
}

/** MySQL says that it wants TLS, MariaDB refuses as it does for a wrong password. */
const REFUSED_PLAIN = /^ER_(ACCESS_DENIED|SECURE_TRANSPORT)/;
const REMOVAL = new URL('./database/removal.ts', import.meta.url).href;

/**
 * The user's own MariaDB or MySQL, of which a run uses one schema: it is made and dropped at the end, or is empty before
 * and after. Each role has a user of its own, with a random name and password, which is dropped at the end.
 *
 * @throws AddressError
 */
export function externalDatabase(options: ExternalDatabaseOptions): Backend {
  const { url, schema: chosen, needs, token = newToken(), broker } = options;
  const address = parseDatabaseAddress(url, chosen);
  const { at, host, port, tls, schema } = address;
  const attempt: Attempt = {
    variable: 'MYSQL_URL',
    at,
    product: 'a MariaDB or MySQL',
    tls,
    schemes: {
      plain: 'mysql:// with ?ssl-mode=DISABLED',
      tls: 'mysql:// with ?ssl-mode=VERIFY_IDENTITY',
    },
  };
  const place: DatabasePlace = {
    attempt,
    server: `${attempt.variable} (${at})`,
    schema,
    needs,
    broker: broker ?? null,
  };

  async function examine(): Promise<readonly Finding[]> {
    try {
      await reachAny([{ host, port }]);
      const connection = await connect(address.url);
      try {
        return await examineDatabase(connection, place);
      } finally {
        connection.destroy();
      }
    } catch (error) {
      const insists =
        !tls && REFUSED_PLAIN.test(String(Object(error).code)) && (await letsIn(withTls(address.url)));
      return [insists ? insistsOnTls(attempt) : connectFailure(attempt, error)];
    }
  }

  return {
    kind: 'database',
    examine,
    async start(context) {
      const findings = await examine();
      if (findings.length > 0) throw new UnfitServersError(findings);
      context.signal.throwIfAborted();
      const accounts = {
        service: newAccount('service', token),
        relay: newAccount('relay', token),
        probe: newAccount('probe', token),
      };
      const secrets = [
        ...secretsIn([url, broker?.url ?? '']),
        ...Object.values(accounts).map(({ password }) => password),
      ];
      const marked = broker?.prefix == null ? null : { at: broker.at, prefix: broker.prefix };
      const possession = { address, place, accounts, token, marked };
      return settingUp(place.server, secrets, context.signal, () => claim(possession, context));
    },
  };
}

/** What a run takes, and what it makes there. */
interface Possession {
  readonly address: DatabaseAddress;
  readonly place: DatabasePlace;
  readonly accounts: Readonly<Record<Role, Account>>;
  readonly token: string;
  readonly marked: MarkedBroker | null;
}

/** Takes possession of the schema, over what a dead run has left there, and makes the users. */
async function claim(
  { address, place, accounts, token, marked }: Possession,
  { runId, onRemains, onLost }: StartContext,
): Promise<StartedBackend> {
  const { url, schema } = address;
  const { broker } = place;
  await using starting = new AsyncDisposableStack();
  const lease = starting.use(await lockSchema(url, schema));
  const { holder } = lease;
  const dead = await readMarker(holder, schema);
  if (!lease.locked) throw new UnfitServersError([takenBy(place, dead)]);
  const facts = await factsOf(holder);
  if (dead !== null) await dismantle(holder, dead, broker);
  const madeSchema = !(await schemaExists(holder, schema));
  const remains = { url, schema, token, madeSchema, broker };
  const released = onRemains({ module: REMOVAL, data: remains });
  starting.defer(async () => {
    // Whoever removes has to take the lock.
    await lease[Symbol.asyncDispose]();
    await remove(remains);
    released();
  });
  const startedAt = new Date(systemClock.wallMs()).toISOString();
  if (madeSchema) await holder.query('CREATE SCHEMA ??', [schema]);
  await writeMarker(holder, { runId, startedAt, token, schema, madeSchema, broker: marked });
  for (const role of ROLES) {
    const account = accounts[role];
    await createUser(holder, account, facts.product);
    for (const grant of grantsOf(role, `'${account.name}'@'%'`, schema, place.needs))
      await holder.query(grant);
  }
  const hold = starting.use(
    new Hold(lease, {
      clock: systemClock,
      server: place.server,
      what: `the schema ${schema}`,
      take: () => lockAgain(url, place, token),
      explain: (error) => connectFailure(place.attempt, error),
      onLost,
    }),
  );
  return new ExternalDatabase(address, facts, accounts, { hold, cleanUp: starting.move() });
}

/** @throws UnfitServersError when the schema is no longer this run's */
async function lockAgain(url: string, place: DatabasePlace, token: string): Promise<Lease> {
  await using taking = new AsyncDisposableStack();
  const lease = taking.use(await lockSchema(url, place.schema));
  const marker = await readMarker(lease.holder, place.schema);
  if (marker?.token !== token) throw new UnfitServersError([takenBy(place, marker)]);
  // Of the connection that was lost, if the server does not know that yet; or of another run, which will change the marker.
  if (!lease.locked) throw new NotYetError('its lock is taken');
  taking.move();
  return lease;
}

class ExternalDatabase implements StartedBackend {
  readonly kind = 'database';
  readonly product: string;
  readonly version: string;
  readonly #address: DatabaseAddress;
  readonly #accounts: Readonly<Record<Role, Account>>;
  readonly #hold: Hold;
  readonly #cleanUp: AsyncDisposableStack;
  #disposal: Promise<void> | undefined;

  constructor(
    address: DatabaseAddress,
    { product, version }: DatabaseFacts,
    accounts: Readonly<Record<Role, Account>>,
    { hold, cleanUp }: Held,
  ) {
    this.product = product;
    this.version = version;
    this.#address = address;
    this.#accounts = accounts;
    this.#hold = hold;
    this.#cleanUp = cleanUp;
  }

  url(role: Role): string {
    return addressFor(this.#address, this.#accounts[role]);
  }

  kill = () => this.#refuse('kill');
  pause = () => this.#refuse('pause');
  resume = () => this.#refuse('resume');
  restart = () => this.#refuse('restart');

  confirm(): Promise<void> {
    return this.#hold.confirm();
  }

  /** Empties the tables of the run, and no others. */
  async flush(): Promise<void> {
    if (this.#disposal !== undefined) throw new BackendStoppedError(this.product, 'flush');
    await this.confirm();
    const connection = await connect(this.url('probe'));
    try {
      await connection.query('SET SESSION lock_wait_timeout = 20, foreign_key_checks = 0');
      for (const table of await ownTables(connection, this.#address.schema))
        await connection.query('TRUNCATE TABLE ??', [table]);
    } finally {
      connection.destroy();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#cleanUp.disposeAsync();
    return this.#disposal;
  }

  async #refuse(action: string): Promise<never> {
    throw new BackendControlError(this.product, action);
  }
}

async function letsIn(url: string): Promise<boolean> {
  try {
    (await connect(url)).destroy();
    return true;
  } catch {
    return false;
  }
}
