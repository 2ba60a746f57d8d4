package io.airbox.daemon.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretsTest {
  @Test
  void passwordsAndKeysAreNotShown() {
    assertThat(
            Secrets.hidden(
                """
                 wifis:
                   wlan0: {access-points: {"Home": {password: "a \\" b", mode: ap}}}
                -  "password": 'x y'
                +  password: plain text # why
                +  keys: {private: abc, shared: def}
                +  key: 7
                   key:
                     private: "q"
                +PrivateKey=AAAA
                -  dhcp-key: shown
                   nameservers: {search: [password.example]}
                """))
        .isEqualTo(
            """
             wifis:
               wlan0: {access-points: {"Home": {password: …, mode: ap}}}
            -  "password": …
            +  password: …
            +  keys: {private: …, shared: …}
            +  key: …
               key:
                 private: …
            +PrivateKey=…
            -  dhcp-key: shown
               nameservers: {search: [password.example]}
            """);
  }
}
