package io.airbox.power.webhook;

import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * A process that gives a webhook one alarm after the other, to be killed at any moment. It prints
 * the id of each that the webhook has taken over.
 */
public final class HookedProcess {
  private HookedProcess() {}

  /** Arguments: the address, a folder, and the number of the first alarm. */
  public static void main(String[] arguments) throws Exception {
    Webhook webhook =
        Webhook.open(
            WebhookIT.settings(URI.create(arguments[0])),
            Path.of(arguments[1]),
            InstantSource.system(),
            () -> 0,
            WebhookIT.PATIENCE);
    for (int number = Integer.parseInt(arguments[2]); true; number++) {
      webhook.alarm(WebhookIT.event(number));
      System.out.println(WebhookIT.event(number).id());
      System.out.flush();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
