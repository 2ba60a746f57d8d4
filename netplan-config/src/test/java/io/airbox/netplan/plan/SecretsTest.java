package io.airbox.netplan.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SecretsTest {
  @Test
  void hidesValuesOfSecretKeysInEveryStyle() {
    assertThat(
            Secrets.hidden(
                """
                a:
                  password: 'hunter2'   # why
                  auth: {key-management: psk, password: "hun: ter2", client-key-password: hunter2}
                  psk: |
                    hunter2
                    hunter2
                  keys:
                    - private: hunter2
                      public: seen2
                  password:
                    hunter2
                  monkey: seen
                  key-management: psk
                """))
        .isEqualTo(
            """
            a:
              password: ***   # why
              auth: {key-management: psk, password: ***, client-key-password: ***}
              psk: ***
              keys:
                - private: ***
                  public: ***
              password:
                ***
              monkey: seen
              key-management: psk
            """);
  }

  @Test
  void hidesThemInCommentsAndWhatIsNoYaml() {
    assertThat(
            Secrets.hidden(
                """
                a: 1
                # password: hunter2
                #airbox|      psk: |
                #airbox|        hunter2
                #airbox|
                #airbox|        hunter2
                #airbox|      mtu: 1500
                #airbox|      private-key: hunter2
                """))
        .isEqualTo(
            """
            a: 1
            # password: ***
            #airbox|      psk: |
            #airbox|        ***
            #airbox|
            #airbox|        ***
            #airbox|      mtu: 1500
            #airbox|      private-key: ***
            """);
    assertThat(Secrets.hidden("a: [\n  password: hunter2\n  key:\n    hunter2\n  mtu: 1\n"))
        .isEqualTo("a: [\n  password: ***\n  key:\n    ***\n  mtu: 1\n");
    assertThat(Secrets.hidden("[WireGuard]\nPrivateKey=hunter2\nListenPort=7\n"))
        .isEqualTo("[WireGuard]\nPrivateKey=***\nListenPort=7\n");
  }

  @Test
  void leavesTheRestAsItIs() {
    String text = "network:\n  ethernets:\n    eth0: {dhcp4: yes}   # keys: none\n";
    assertThat(Secrets.hidden(text)).isEqualTo(text.replace("none", "***"));
    assertThat(Secrets.hidden("a: b\r\n# c\r\n")).isEqualTo("a: b\r\n# c\r\n");
    assertThat(Secrets.hidden("")).isEmpty();
  }
}
