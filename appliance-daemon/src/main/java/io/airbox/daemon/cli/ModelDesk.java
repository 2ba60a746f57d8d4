package io.airbox.daemon.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;

/**
 * The packs that are installed by signed release: those of a daemon, or those of this machine's
 * folders while no daemon runs. Documents are those of the API.
 */
interface ModelDesk extends AutoCloseable {
  /** What is under way, and the history. */
  JsonObject updates();

  /**
   * Begins an update.
   *
   * @param place an address, or an absolute path
   * @param letGo {@code nothing}, {@code previous} or {@code current}
   */
  JsonObject install(String place, String letGo) throws IOException, InterruptedException;

  /** Calls it off. */
  void cancel() throws IOException;

  /** Packs and slots. */
  JsonObject slots() throws IOException;

  /** Goes back. */
  JsonObject rollBack(String pack) throws IOException;

  /** Removes a pack. */
  void remove(String pack) throws IOException, InterruptedException;

  /** Who is trusted. */
  JsonObject authorities();

  /** Trusts an authority, or takes its next document. */
  JsonObject trust(byte[] document) throws IOException;

  /** Trusts an authority no longer. */
  void distrust(String authority) throws IOException;

  @Override
  void close() throws IOException;
}
