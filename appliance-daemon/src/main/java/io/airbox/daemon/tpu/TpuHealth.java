package io.airbox.daemon.tpu;

import java.util.Locale;

/** Whether the TPU takes work. */
public enum TpuHealth {
  /** The worker, or bm-smi, says that it does. */
  OK,
  /** It has been given up until the box is restarted. */
  HUNG,
  /** There is none. */
  ABSENT,
  /** There is one, and nobody has asked it. */
  UNKNOWN;

  /** The name in documents: lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
