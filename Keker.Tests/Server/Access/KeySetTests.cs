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

    [TestCase(8, 0, false, true)]
    [TestCase(9, 0, false, false)]
    [TestCase(6, 3, false, false)]
    [TestCase(6, 2, false, true)]
    [TestCase(20, 0, true, true)]
    [TestCase(20, 8, true, true)]
    public void More_keys_without_a_name_than_are_tried_are_no_set(int inSet, int given, bool areNamed, bool isOne)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        string x = Base64Url.EncodeToString(parameters.Q.X);
        string y = Base64Url.EncodeToString(parameters.Q.Y);
        IEnumerable<string> keys = Enumerable.Range(0, inSet).Select(i => $"{{\"kty\":\"EC\",\"crv\":\"P-256\"{(areNamed ? $",\"kid\":\"key-{i}\"" : "")},\"x\":\"{x}\",\"y\":\"{y}\"}}");
        byte[] set = Encoding.UTF8.GetBytes($"{{\"keys\":[{string.Join(',', keys)}]}}");
        var options = new AccessOptions { Keys = [.. Enumerable.Repeat(new JwtKey { Curve = parameters }, given)] };

        if (isOne)
            Assert.That(KeySet.Read(set, options), Has.Count.EqualTo(inSet));
        else
            Assert.That(() => KeySet.Read(set, options), Throws.InstanceOf<FormatException>().With.Message.Contains("9 keys for ES256 have no name (kid)"));
    }
}
