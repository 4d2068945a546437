using System.Net;
using System.Net.Security;

namespace Keker.Benchmarks.Common;

/// <summary>An address at which TLS is spoken, with a certificate that nobody vouches for.</summary>
/// <param name="address">Where it is.</param>
/// <param name="thumbprint">The SHA-1 of the one certificate that is accepted.</param>
internal sealed class TlsEndPoint(IPEndPoint address, string thumbprint) : IPEndPoint(address.Address, address.Port)
{
    public RemoteCertificateValidationCallback Accepts => (_, certificate, _, _) => certificate?.GetCertHashString() == thumbprint;

    /// <summary>The same server at another address, of a proxy.</summary>
    public TlsEndPoint At(IPEndPoint proxy) => new(proxy, thumbprint);
}
