using System.Security.Cryptography;
using System.Text;
using Keker.Server.Options;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Options;

/// <summary>The options that say who may.</summary>
internal sealed class AccessOptionsTests
{
    private const string KeyExpected = "expected in the file after @ one public key in PEM: RSA of 2048 bits or more, or EC on P-256, P-384 or P-521";
    private const string SecretExpected = "expected in the file after @ a secret of 32 bytes or more, such as: openssl rand -hex 32; or a public key in PEM";
    private const string PrivateKey = "the file after @ holds a private key, which belongs to the issuer alone: give the public one, such as: openssl pkey -pubout";

    private TempDirectory _directory = null!;

    /// <summary>The options that are read here.</summary>
    public static string[] Tested => ["--jwt-key", "--jwt-jwks", "--jwt-issuer", "--jwt-audience", "--auth-url", "--public-topic"];

    [SetUp]
    public void MakeDirectory() => _directory = new TempDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [TestCase("0123456789abcdef0123456789abcdef\n", 32)]
    [TestCase("0123456789abcdef0123456789abcdef\r\n", 32)]
    [TestCase("0123456789abcdef0123456789abcde\u0001\n", 33)]
    public void A_secret_is_the_text_without_its_line_end_and_bytes_as_they_are(string content, int length)
    {
        KekerOptions options = CommandLineRun.Of("--jwt-key", Key(content)).Accepted;

        Assert.That(options.Access.Keys.Single().Secret, Is.EqualTo(Encoding.Latin1.GetBytes(content[..length])));
        Assert.That(options.Access.IsChecked, Is.True);
    }

    [Test]
    public void Public_keys_are_read_from_PEM_several_of_them_and_from_the_environment()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        string keys = $"{Key(rsa.ExportSubjectPublicKeyInfoPem())},{Key(curve.ExportSubjectPublicKeyInfoPem())}";

        KekerOptions options = CommandLineRun.With(new() { ["KEKER_JWT_KEY"] = keys }).Accepted;

        Assert.That(options.Access.Keys[0].Rsa!.Value.Modulus, Is.EqualTo(rsa.ExportParameters(false).Modulus));
        Assert.That(options.Access.Keys[1].Curve!.Value.Q.X, Is.EqualTo(curve.ExportParameters(false).Q.X));
    }

    [Test]
    public void Keys_that_are_none_are_mistakes_and_never_repeated()
    {
        using var weak = RSA.Create(1024);
        using var strong = RSA.Create(2048);
        using var other = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        (string Value, string Mistake)[] cases =
        [
            (Key("0123456789abcdef0123456789abcde\n"), SecretExpected),
            (Key(""), SecretExpected),
            (Key(weak.ExportSubjectPublicKeyInfoPem()), KeyExpected),
            (Key(other.ExportSubjectPublicKeyInfoPem()), KeyExpected),
            (Key("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"), KeyExpected),
            (Key(strong.ExportPkcs8PrivateKeyPem()), PrivateKey),
            (Key(strong.ExportSubjectPublicKeyInfoPem() + strong.ExportPkcs8PrivateKeyPem()), PrivateKey),
            (Key(new string('x', 70_000)), "the file after @ has more than 65536 bytes and is no key"),
            ("@/no/such/file", "the file after @ does not exist"),
            ("@/", "the file after @ cannot be read"),
            ("@/dev/zero", "the file after @ has more than 65536 bytes and is no key"),
            ("@", "expected @ and the path of a file with the key"),
            ("0123456789abcdef0123456789abcdef", "expected @ and the path of a file with the key"),
        ];
        foreach ((string value, string mistake) in cases)
        {
            CommandLineRun run = CommandLineRun.Of("--jwt-key", value);
            Assert.That((run.ExitCode, run.Errors.Single()), Is.EqualTo((2, $"kekerd: --jwt-key: {mistake}")));
        }
    }

    [Test]
    public void A_public_key_in_whatever_form_is_no_secret()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] der = rsa.ExportSubjectPublicKeyInfo();
        byte[][] forms =
        [
            der, curve.ExportSubjectPublicKeyInfo(), rsa.ExportRSAPublicKey(),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(der)), Encoding.ASCII.GetBytes(Convert.ToBase64String(curve.ExportSubjectPublicKeyInfo()) + "\n"),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(der, Base64FormattingOptions.InsertLineBreaks) + "\r\n"),
            Encoding.ASCII.GetBytes($"\n {{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"{Convert.ToBase64String(der)}\"}}"),
            Encoding.UTF8.GetPreamble().Concat("{\"keys\":[{\"n\":\"0123456789abcdef0123456789abcdef\"}]}"u8.ToArray()).ToArray(),
            Encoding.ASCII.GetBytes("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@here\n"),
            Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(rsa.ExportSubjectPublicKeyInfoPem())).ToArray(),
            Encoding.BigEndianUnicode.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()),
        ];
        foreach (byte[] form in forms)
        {
            File.WriteAllBytes(_directory.File("form"), form);
            CommandLineRun run = CommandLineRun.Of("--jwt-key", $"@{_directory.File("form")}");
            Assert.That(run.ExitCode, Is.EqualTo(2), Encoding.Latin1.GetString(form));
            Assert.That(run.Errors.Single(), Does.Contain("would be taken as a secret"));
        }
        for (int i = 0; i < 2000; i++)
        {
            byte[] secret = RandomNumberGenerator.GetBytes(32 + i % 64);
            File.WriteAllBytes(_directory.File("form"), (i % 3) switch
            {
                0 => secret,
                1 => Encoding.ASCII.GetBytes(Convert.ToBase64String(secret)),
                _ => Encoding.ASCII.GetBytes(Convert.ToHexString(secret)),
            });
            Assert.That(CommandLineRun.Of("--jwt-key", $"@{_directory.File("form")}").Accepted.Access.HasKeys, Is.True);
        }
    }

    [Test]
    public void Issuer_and_audience_are_read_and_mean_nothing_without_a_key()
    {
        string key = Key("0123456789abcdef0123456789abcdef");

        KekerOptions options = CommandLineRun.Of("--jwt-key", key, "--jwt-issuer", "https://id.example.com", "--jwt-audience", "keker").Accepted;
        CommandLineRun without = CommandLineRun.Of("--jwt-issuer", "me", "--jwt-audience", "you");

        Assert.That((options.Access.Issuer, options.Access.Audience), Is.EqualTo(("https://id.example.com", "keker")));
        Assert.That(without.Errors, Is.EqualTo(new[]
        {
            "kekerd: --jwt-issuer: given without --jwt-key and --jwt-jwks: no token is checked",
            "kekerd: --jwt-audience: given without --jwt-key and --jwt-jwks: no token is checked",
        }));
    }

    [Test]
    public void Where_to_ask_and_what_is_public_are_read()
    {
        KekerOptions options = CommandLineRun.Of(
            "--jwt-jwks", "https://id.example.com/jwks.json", "--auth-url", "http://127.0.0.1:8080/who?app=1", "--public-topic", "news", "--public-topic", "open-*").Accepted;

        Assert.That(options.Access.KeySet, Is.EqualTo("https://id.example.com/jwks.json"));
        Assert.That(options.Access.Backend, Is.EqualTo(new Uri("http://127.0.0.1:8080/who?app=1")));
        Assert.That(options.Access.PublicTopics.Select(Encoding.UTF8.GetString), Is.EqualTo(new[] { "news", "open-*" }));
        Assert.That(CommandLineRun.Of("--jwt-jwks", "keys.json").Accepted.Access.KeySet, Is.EqualTo("keys.json"));
    }

    [TestCase("--auth-url", "ftp://a/b")]
    [TestCase("--auth-url", "/who")]
    [TestCase("--auth-url", "http://user:secret@a/b")]
    [TestCase("--auth-url", "http://a/b#c")]
    [TestCase("--auth-url", "")]
    [TestCase("--jwt-jwks", "ftp://a/b")]
    [TestCase("--jwt-jwks", "https://user@a/b")]
    [TestCase("--jwt-jwks", "")]
    [TestCase("--public-topic", "a*b")]
    [TestCase("--public-topic", "a b")]
    [TestCase("--public-topic", "news")]
    public void What_leads_nowhere_is_a_mistake(string option, string value)
    {
        CommandLineRun run = CommandLineRun.Of(option, value);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Errors[0], Does.StartWith($"kekerd: {option}"));
    }

    [TestCase("KEKER_JWT_KEYS")]
    [TestCase("KEKER_JWTKEY")]
    [TestCase("KEKER_JWT_ISSUERS")]
    [TestCase("KEKER_JWT_JWK")]
    [TestCase("KEKER_AUTH_URI")]
    public void A_variable_that_nearly_guards_access_is_a_mistake(string name) =>
        Assert.That(CommandLineRun.With(new() { [name] = "x" }).ExitCode, Is.EqualTo(2));

    /// <summary>A value that names a file of its own.</summary>
    private string Key(string content)
    {
        string path = _directory.File($"{Guid.NewGuid():N}.key");
        File.WriteAllText(path, content, Encoding.Latin1);
        return $"@{path}";
    }
}
