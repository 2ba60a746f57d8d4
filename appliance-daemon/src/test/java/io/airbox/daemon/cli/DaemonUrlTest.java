package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DaemonUrlTest {
  @ParameterizedTest
  @CsvSource({
    "airbox.local,             https://airbox.local:8443",
    "airbox.local:9443,        https://airbox.local:9443",
    "192.168.1.5,              https://192.168.1.5:8443",
    "fe80::1,                  https://[fe80::1]:8443",
    "[fe80::1]:9443,           https://[fe80::1]:9443",
    "https://airbox.local,     https://airbox.local:443",
    "https://airbox.local/,    https://airbox.local:443",
    "HTTPS://airbox.local:8443,https://airbox.local:8443",
    "http://airbox.local,      http://airbox.local:80",
    "localhost,                http://localhost:8999",
    "127.0.0.1:9000,           http://127.0.0.1:9000",
    "::1,                      http://[::1]:8999"
  })
  void aNameAloneIsABoxAndAUrlIsTakenAtItsWord(String text, String url) {
    assertThat(DaemonUrl.parse(text)).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "ftp://airbox.local",
        "http://",
        "https://airbox.local:0",
        "https://airbox.local:70000",
        "https://airbox.local/page",
        "https://airbox.local?a=b",
        "a b"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> DaemonUrl.parse(text))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("--host")
        .extracting(e -> ((CommandFailure) e).exitCode())
        .isEqualTo(ExitCodes.USAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://me:secret@airbox.local", "https://me:sec ret@airbox.local"})
  void aPasswordInAUrlIsRefusedAndNotRepeated(String text) {
    assertThatThrownBy(() -> DaemonUrl.parse(text))
        .isInstanceOf(CommandFailure.class)
        .hasMessageNotContaining("sec");
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1,   true",
    "http://127.8.9.1:1,   true",
    "http://[::1]:1,       true",
    "http://LOCALHOST:1,   true",
    "https://192.0.2.1:1,  true",
    "http://192.0.2.1:1,   false",
    "http://127.0.0.1.nip.io:1, false",
    "http://localhost.evil.example:1, false"
  })
  void secretsTravelOverTlsOrWithinThisMachine(String url, boolean confidential) {
    assertThat(DaemonUrl.parse(url).confidential()).isEqualTo(confidential);
  }
}
