package io.airbox.ota.download;

import java.time.Duration;

/** Hears what happens besides bytes that come; called by the thread that fetches. */
public interface DownloadListener {
  /** One that does not listen. */
  DownloadListener SILENT =
      new DownloadListener() {
        @Override
        public void trouble(String what) {}

        @Override
        public void waits(String why, Duration pause) {}
      };

  /** Something failed, and another attempt or another place will be tried. */
  void trouble(String what);

  /** Nothing will be fetched for a while. */
  void waits(String why, Duration pause);
}
