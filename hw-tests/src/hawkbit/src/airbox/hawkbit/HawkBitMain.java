package airbox.hawkbit;

import org.eclipse.hawkbit.autoconfigure.security.EnableHawkbitManagedSecurityConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
@EnableHawkbitManagedSecurityConfiguration
public class HawkBitMain {
  public static void main(String[] arguments) {
    SpringApplication.run(HawkBitMain.class, arguments);
  }
}
