using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keker.Tests.EndToEnd;

/// <summary>A self-signed certificate for 127.0.0.1, made for one test.</summary>
internal sealed class TestCertificate
{
    private readonly string _certificatePem;
    private readonly string _keyPem;

    public TestCertificate(DateTimeOffset? notAfter = null, DateTimeOffset? notBefore = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=keker test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset end = notAfter ?? DateTimeOffset.UtcNow.AddDays(1);
        using X509Certificate2 certificate = request.CreateSelfSigned(notBefore ?? end.AddDays(-10), end);
        Thumbprint = certificate.Thumbprint;
        _certificatePem = certificate.ExportCertificatePem();
        _keyPem = key.ExportPkcs8PrivateKeyPem();
    }

    public string Thumbprint { get; }

    /// <summary>Accepts this certificate and no other.</summary>
    public SslClientAuthenticationOptions ClientOptions => new()
    {
        TargetHost = "127.0.0.1",
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == Thumbprint,
    };

    /// <summary>Writes cert.pem and key.pem into a directory.</summary>
    public void WriteTo(TempDirectory directory)
    {
        File.WriteAllText(directory.File("cert.pem"), _certificatePem);
        File.WriteAllText(directory.File("key.pem"), _keyPem);
    }

    /// <summary>The options that make kekerd use what <see cref="WriteTo"/> wrote.</summary>
    public static string[] OptionsFor(TempDirectory directory) => ["--cert", directory.File("cert.pem"), "--key", directory.File("key.pem")];
}
