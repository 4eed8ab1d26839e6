import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import java.util.Set;

/** Arguments: an instant in milliseconds, then pairs of files, an anchor and what it issued. A line for each: ok, or why not. */
public class AnchorCheck {
  public static void main(String[] args) throws Exception {
    for (int i = 1; i + 1 < args.length; i += 2) {
      System.out.println(check(args[i], args[i + 1], new Date(Long.parseLong(args[0]))));
    }
  }

  static String check(String anchorFile, String below, Date at) {
    String key = "unread";
    try {
      X509Certificate anchor = read(anchorFile);
      key = anchor.getPublicKey().getAlgorithm();
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(at);
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(List.of(read(below))), parameters);
      return "ok";
    } catch (Exception e) {
      return e.toString().replace('\n', ' ') + " (key: " + key + ")";
    }
  }

  static X509Certificate read(String file) throws Exception {
    byte[] der = Files.readAllBytes(Path.of(file));
    return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
