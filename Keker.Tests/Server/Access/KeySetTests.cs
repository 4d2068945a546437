using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Keker.Server.Access;
using Keker.Server.Options;

namespace Keker.Tests.Server.Access;

/// <summary>Key sets as others may write them.</summary>
internal sealed class KeySetTests
{
    private static IEnumerable<string> Bad()
    {
        string modulus = new('A', 342);
        yield return "{}";
        yield return "{\"kty\":\"RSA\",\"n\":\"!!\",\"e\":\"AQAB\"}";
        yield return "{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"\"}";
        yield return "{\"kty\":\"RSA\",\"n\":\"A\",\"e\":\"AQAB\"}";
        yield return $"{{\"kty\":\"RSA\",\"n\":\"{modulus}!\",\"e\":\"AQAB\"}}";
        yield return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
        yield return "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AA\",\"y\":\"AA\"}";
    }

    [TestCaseSource(nameof(Bad))]
    public void A_key_that_is_none_leaves_the_others_in_force(string bad)
    {
        using var rsa = RSA.Create(2048);
        RSAParameters key = rsa.ExportParameters(includePrivateParameters: false);
        string good = $"{{\"kty\":\"RSA\",\"n\":\"{Base64Url.EncodeToString(key.Modulus)}\",\"e\":\"{Base64Url.EncodeToString(key.Exponent)}\"}}";

        IReadOnlyList<VerificationKey> keys = KeySet.Read(Encoding.UTF8.GetBytes($"{{\"keys\":[{bad},{good}]}}"), new AccessOptions());

        Assert.That(keys, Has.Count.EqualTo(1));
    }
}
