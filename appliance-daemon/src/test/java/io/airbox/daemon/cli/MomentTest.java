package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T12:00:00.400Z, now",
    "2026-11-23T11:59:59Z, 1 second ago",
    "2026-11-23T11:58:01Z, 119 seconds ago",
    "2026-11-23T11:58:00Z, 2 minutes ago",
    "2026-11-23T10:00:31Z, 119 minutes ago",
    "2026-11-23T10:00:01Z, 2 hours ago",
    "2026-11-21T12:30:01Z, 47 hours ago",
    "2026-11-21T12:00:01Z, 2 days ago",
    "2027-02-21T11:59:59Z, in 90 days",
    "2026-11-22T12:00:00Z, 24 hours ago",
    "2027-02-21T12:00:00Z, in 90 days"
  })
  void aTimeIsSaidByItsDistance(String time, String said) {
    assertThat(Moment.relative(time, NOW, "never")).isEqualTo(said);
  }

  @Test
  void noTimeIsWhatTheCallerSays() {
    assertThat(Moment.relative(null, NOW, "never")).isEqualTo("never");
  }

  @ParameterizedTest
  @CsvSource({
    "90d, 2027-02-21T12:00:00Z",
    "12h, 2026-11-24T00:00:00Z",
    "2w, 2026-12-07T12:00:00Z",
    "30s, 2026-11-23T12:00:30Z",
    "5m, 2026-11-23T12:05:00Z",
    "2027-01-31T00:00:00Z, 2027-01-31T00:00:00Z",
    "2027-01-31T00:00:00+01:00, 2027-01-30T23:00:00Z"
  })
  void anEndIsASpanOrATime(String text, String end) {
    assertThat(Moment.end("--expires", text, NOW)).isEqualTo(Instant.parse(end));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0d", "-1d", "90", "d", "1.5d", "9999999d", "tomorrow", ""})
  void anythingElseIsRefusedWithTheForms(String text) {
    assertThatThrownBy(() -> Moment.end("--expires", text, NOW))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("--expires " + text)
        .hasMessageContaining("90d");
  }
}
