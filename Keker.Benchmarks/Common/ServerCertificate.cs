using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keker.Benchmarks.Common;

/// <summary>A self-signed certificate for a kekerd of our own, in files that go with it.</summary>
internal sealed class ServerCertificate : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keker");

    public ServerCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=keker soak", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
        Thumbprint = certificate.Thumbprint;
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public string Thumbprint { get; }

    /// <summary>What makes kekerd use it.</summary>
    public string[] ServerOptions => ["--cert", CertificatePath, "--key", KeyPath];

    private string CertificatePath => Path.Combine(_directory.FullName, "cert.pem");

    private string KeyPath => Path.Combine(_directory.FullName, "key.pem");

    public void Dispose() => _directory.Delete(recursive: true);
}
