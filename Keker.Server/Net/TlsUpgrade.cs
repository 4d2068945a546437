using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keker.Server.Net;

/// <summary>The certificate in force and the TLS handshake with it.</summary>
/// <remarks>Thread-safe. A handshake uses the certificate that was in force when it began; old ones are left to the collector.</remarks>
internal sealed class TlsUpgrade
{
    private readonly string _certificatePath;
    private readonly string _keyPath;
    private volatile SslServerAuthenticationOptions _options;
    private long _end;

    /// <exception cref="CryptographicException">Unreadable, mismatched or expired; the message says which file and why.</exception>
    /// <exception cref="StartException">There is no OpenSSL.</exception>
    public TlsUpgrade(string certificatePath, string keyPath)
    {
        _certificatePath = certificatePath;
        _keyPath = keyPath;
        _options = Load();
    }

    /// <summary>When the certificate in force ends.</summary>
    public DateTimeOffset End => new(Volatile.Read(ref _end), TimeSpan.Zero);

    /// <summary>Reads certificate and key again; when they cannot be used the old ones stay in force.</summary>
    /// <exception cref="CryptographicException">See the constructor.</exception>
    public void Reload() => _options = Load();

    /// <exception cref="AuthenticationException">The handshake failed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public Task AuthenticateAsync(Connection connection) => connection.AuthenticateAsync(_options);

    private SslServerAuthenticationOptions Load()
    {
        OpenSsl.Require("TLS");
        (X509Certificate2 certificate, X509Certificate2Collection chain) = LoadFiles();
        if (certificate.NotAfter.ToUniversalTime() <= DateTime.UtcNow)
            throw new CryptographicException($"the certificate in {_certificatePath} expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");
        Volatile.Write(ref _end, certificate.NotAfter.ToUniversalTime().Ticks);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadFiles()
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(_certificatePath);
            return (X509Certificate2.CreateFromPemFile(_certificatePath, _keyPath), chain);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            string reason = IsEncrypted(_keyPath) ? "the key is encrypted, and there is nobody to ask for its passphrase; decrypt it with openssl pkey" : e.Message;
            throw new CryptographicException($"cannot use certificate {_certificatePath} with key {_keyPath}: {reason}", e);
        }
    }

    /// <summary>Whether a PEM file holds a key that takes a passphrase, as PKCS #8 (RFC 7468 11) or as OpenSSL once wrote it (RFC 1421 4.6.1.1).</summary>
    private static bool IsEncrypted(string keyPath)
    {
        try
        {
            string pem = File.ReadAllText(keyPath);
            return pem.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal) || pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
