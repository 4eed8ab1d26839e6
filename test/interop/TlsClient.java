import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Connects to a TLS server on this machine as any Java program does: what it trusts is in the keystore that the system
 * properties javax.net.ssl.trustStore… name. The only argument is the port; prints "connected", or why not.
 */
public class TlsClient {
    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        try (SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault().createSocket("localhost", port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            System.out.println("connected");
        } catch (Exception failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                System.out.println(cause);
            }
        }
    }
}
