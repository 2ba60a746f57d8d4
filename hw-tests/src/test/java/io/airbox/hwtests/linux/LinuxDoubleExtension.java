package io.airbox.hwtests.linux;

import io.airbox.hwtests.Checkout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Boots a {@link LinuxDouble} for a class of tests and takes it away after them; see {@link
 * LinuxDoubleTest}.
 */
final class LinuxDoubleExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        ParameterResolver,
        TestExecutionExceptionHandler {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LinuxDoubleExtension.class);

  /** What a class of tests has; closed by JUnit with the class's context. */
  private record Bench(Lan lan, LinuxDouble box) implements AutoCloseable {
    @Override
    public void close() {
      try (lan) {
        box.close();
      }
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Class<?> tests = context.getRequiredTestClass();
    LinuxDoubleTest wish = tests.getAnnotation(LinuxDoubleTest.class);
    Path folder = Checkout.path("hw-tests/target/linux-double").resolve(tests.getSimpleName());
    try {
      context.getStore(NAMESPACE).put(Bench.class, open(wish, folder));
    } catch (LinuxDoubleUnavailableException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw e;
      }
      throw new TestAbortedException("skipped: " + e.getMessage(), e);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    bench(context).box().shell();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (!(failure instanceof ConsoleException)) {
      LinuxDouble box = bench(context).box();
      failure.addSuppressed(
          new ConsoleException("all of it is in " + box.consoleLog(), box.console().screen()));
    }
    throw failure;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == LinuxDouble.class || type == Lan.class || type == Console.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Bench bench = bench(context);
    Class<?> type = parameter.getParameter().getType();
    if (type == Lan.class) {
      return bench.lan();
    }
    return type == Console.class ? bench.box().shell() : bench.box();
  }

  private static Bench open(LinuxDoubleTest wish, Path folder) {
    LinuxDouble.Options options =
        new LinuxDouble.Options(1024, 2, List.of(), Duration.ofMinutes(wish.minutes()));
    Lan lan = Lan.open();
    try {
      LinuxDouble box = LinuxDouble.create(options, lan, folder);
      Bench bench = new Bench(lan, box);
      try {
        box.shell();
        return bench;
      } catch (RuntimeException e) {
        box.close();
        throw e;
      }
    } catch (RuntimeException e) {
      lan.close();
      throw e;
    }
  }

  private static Bench bench(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(Bench.class, Bench.class);
  }
}
