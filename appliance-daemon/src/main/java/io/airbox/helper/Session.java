package io.airbox.helper;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * One connection: who asks, what for, what came of it.
 *
 * @param callers who may ask
 * @param machine what is changed
 * @param journal is told of every connection
 * @param patience how long a message may take to arrive or to be taken
 */
record Session(Set<UserPrincipal> callers, Machine machine, Journal journal, Duration patience) {

  /**
   * Serves a connection to its end. The channel stays open: with its end the JVM closes standard
   * error too.
   *
   * @throws IOException there is nobody to answer to
   */
  void serve(SocketChannel channel) throws IOException, InterruptedException {
    UserPrincipal caller = peer(channel);
    Wire wire = new Wire(channel);
    Request request = null;
    Reply reply;
    try {
      if (!callers.contains(caller)) {
        throw new RefusedException(null, "only " + names() + " may ask, not " + caller.getName());
      }
      request = Request.of(wire.receive(Frame.Size.REQUEST, patience));
      reply = answer(request);
    } catch (EOFException e) {
      journal.info("nothing was asked by " + caller.getName());
      return;
    } catch (MalformedFrameException | SocketTimeoutException e) {
      reply = new Reply.Refused(null, String.valueOf(e.getMessage()));
    } catch (RefusedException e) {
      reply = e.reply();
    } catch (StepFailedException e) {
      reply = e.reply();
    }
    tell(caller, request, reply);
    wire.send(Frame.Size.REPLY, reply.fields(), patience);
  }

  @NonPortable("jdk.net: java.base alone does not tell who is at the other end of a socket")
  private static UserPrincipal peer(SocketChannel channel) throws IOException {
    return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
  }

  private Reply answer(Request request)
      throws RefusedException, StepFailedException, InterruptedException {
    List<Step> steps = Verb.plan(request, machine);
    if (!request.dryRun()) {
      for (Step step : steps) {
        step.run(machine);
      }
    }
    return new Reply.Done(steps.stream().flatMap(step -> step.answer().stream()).toList());
  }

  private String names() {
    return callers.stream()
        .map(UserPrincipal::getName)
        .sorted()
        .collect(Collectors.joining(" and "));
  }

  private void tell(UserPrincipal caller, @Nullable Request request, Reply reply) {
    StringBuilder line = new StringBuilder(caller.getName()).append(": ");
    if (request == null) {
      line.append("no request");
    } else {
      line.append(request.verb());
      request
          .arguments()
          .forEach((name, value) -> line.append(' ').append(NetworkArguments.shown(name, value)));
      line.append(request.dryRun() ? " (dry run)" : "");
    }
    if (reply instanceof Reply.Done) {
      journal.info(line.append(": done").toString());
    } else if (reply instanceof Reply.Refused refused) {
      String field = refused.field() == null ? "" : refused.field() + ": ";
      journal.warning(line.append(": refused: ").append(field + refused.reason()).toString());
    } else if (reply instanceof Reply.Failed failed) {
      journal.warning(
          line.append(": failed: ").append(failed.step() + ": " + failed.message()).toString());
    }
  }
}
