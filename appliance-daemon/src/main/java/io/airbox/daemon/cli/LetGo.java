package io.airbox.daemon.cli;

/** What may be let go to make room for a release. */
enum LetGo {
  NOTHING,
  PREVIOUS,
  CURRENT
}
