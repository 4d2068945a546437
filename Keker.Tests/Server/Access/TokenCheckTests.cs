using System.Text;
using Keker.Server.Access;
using Keker.Server.Observability;
using Keker.Server.Options;
using Keker.Tests.EndToEnd.Signed;
using Keker.Tests.Server.Options;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Access;

/// <summary>Which signed tokens are good, at which time.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TokenCheckTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly TokenMaker Secret = TokenMaker.For("HS256");
    private static readonly TokenMaker Rsa = TokenMaker.For("RS256");
    private static readonly TokenMaker Curve = TokenMaker.For("ES256");

    private readonly FakeTimeProvider _time = new(Start);
    private readonly Histogram _times = new Histograms().TokenChecks;

    private static long Now => Start.ToUnixTimeSeconds();

    private static IEnumerable<TestCaseData> Times()
    {
        yield return new TestCaseData("\"exp\":{0}", 0L, RefusalReason.None).SetName("It ends now");
        yield return new TestCaseData("\"exp\":{0}", -60L, RefusalReason.None).SetName("It has ended as long ago as clocks may differ");
        yield return new TestCaseData("\"exp\":{0}", -61L, RefusalReason.Expired).SetName("It has ended longer ago");
        yield return new TestCaseData("\"exp\":{0}.9", -60L, RefusalReason.None).SetName("A part of a second is cut off");
        yield return new TestCaseData("\"exp\":9e9,\"nbf\":{0}", 60L, RefusalReason.None).SetName("It begins as soon as clocks may differ");
        yield return new TestCaseData("\"exp\":9e9,\"nbf\":{0}", 61L, RefusalReason.NotYetValid).SetName("It begins later");
        yield return new TestCaseData("\"exp\":9e9,\"iat\":{0}", 60L, RefusalReason.None).SetName("It was issued as soon as clocks may differ");
        yield return new TestCaseData("\"exp\":9e9,\"iat\":{0}", 61L, RefusalReason.NotYetValid).SetName("It was issued later");
    }

    [TestCaseSource(nameof(Times))]
    public async Task The_time_of_a_token(string claims, long seconds, RefusalReason expected)
    {
        string times = claims.Replace("{0}", $"{Now + seconds}", StringComparison.Ordinal);

        Decision decision = await CheckAsync(Secret, Secret.Raw("{\"alg\":\"HS256\"}", $"{{\"sub\":\"a\",{times}}}"));

        Assert.That(decision.Reason, Is.EqualTo(expected));
    }

    [Test]
    public async Task Checks_are_timed_and_what_is_no_token_is_not()
    {
        await CheckAsync(Secret, Secret.Raw("{\"alg\":\"HS256\"}", $"{{\"sub\":\"a\",\"exp\":{Now + 1}}}"));
        await CheckAsync(Curve, Curve.Raw("{\"alg\":\"ES256\"}", $"{{\"sub\":\"a\",\"exp\":{Now + 1}}}"));
        await CheckAsync(Secret, "no token");

        Assert.That(_times.Snapshot.Count, Is.EqualTo(2));
    }

    [Test]
    public async Task What_is_taken_after_its_end_has_the_rest_of_the_leeway()
    {
        Assert.That((await CheckAsync(Secret, Token(Now + 1))).Grant!.EndsAt, Is.EqualTo(Now + 1));
        Assert.That((await CheckAsync(Secret, Token(Now - 10))).Grant!.EndsAt, Is.EqualTo(Now + 50));

        static string Token(long end) => Secret.Raw("{\"alg\":\"HS256\"}", $"{{\"sub\":\"a\",\"exp\":{end}}}");
    }

    [TestCase("{\"sub\":\"a\"}")]
    [TestCase("{\"exp\":9e9}")]
    [TestCase("{\"sub\":\"\",\"exp\":9e9}")]
    [TestCase("{\"sub\":\"a b\",\"exp\":9e9}")]
    [TestCase("{\"sub\":7,\"exp\":9e9}")]
    [TestCase("{\"sub\":[\"a\"],\"exp\":9e9}")]
    [TestCase("{\"sub\":null,\"exp\":9e9}")]
    [TestCase("{\"sub\":\"a\",\"exp\":\"9000000000\"}")]
    [TestCase("{\"sub\":\"a\",\"exp\":-1}")]
    [TestCase("{\"sub\":\"a\",\"exp\":1e400}")]
    [TestCase("{\"sub\":\"a\",\"exp\":null}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9,\"exp\":9e9}")]
    [TestCase("{\"sub\":\"a\",\"sub\":\"b\",\"exp\":9e9}")]
    [TestCase("{\"sub\":\"a\",\"\\u0073ub\":\"b\",\"exp\":9e9}")]
    [TestCase("{\"sub\":\"\\ud800\",\"exp\":9e9}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9,\"channels\":\"news\"}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9,\"channels\":[[\"news\"]]}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9,\"channels\":[\"-\"]}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9,\"subscribe\":[\"a*b\"]}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9,\"subscribe\":[\"**\"]}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9,\"publish\":[\"alice\"]}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9,\"publish\":[\"token:\"]}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9}{}")]
    [TestCase("{\"sub\":\"a\",\"exp\":9e9")]
    [TestCase("[\"sub\",\"exp\"]")]
    [TestCase("")]
    [TestCase("\"sub\"")]
    public async Task Claims_that_are_missing_or_have_another_form(string claims) =>
        Assert.That((await CheckAsync(Secret, Secret.Raw("{\"alg\":\"HS256\"}", claims))).Reason, Is.EqualTo(RefusalReason.Claims));

    [TestCase("\"other\":[[[[[[[[[[]]]]]]]]]]", RefusalReason.None)]
    [TestCase("\"other\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", RefusalReason.Claims)]
    [TestCase("\"other\":{\"sub\":\"b\",\"exp\":1}", RefusalReason.None)]
    public async Task Claims_without_a_meaning_may_be_anything_but_deep(string claim, RefusalReason expected) =>
        Assert.That((await CheckAsync(Secret, Secret.Raw("{\"alg\":\"HS256\"}", $"{{{claim},\"sub\":\"a\",\"exp\":9e9}}"))).Reason, Is.EqualTo(expected));

    [TestCase(100, RefusalReason.None)]
    [TestCase(101, RefusalReason.Claims)]
    public async Task As_many_channels_as_a_session_may_have(int count, RefusalReason expected)
    {
        string channels = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"c{i}\""));

        Assert.That((await CheckAsync(Secret, Secret.Raw("{\"alg\":\"HS256\"}", $"{{\"sub\":\"a\",\"exp\":9e9,\"channels\":[{channels}]}}"))).Reason, Is.EqualTo(expected));
    }

    [TestCase("{\"alg\":\"none\"}", RefusalReason.Algorithm)]
    [TestCase("{\"alg\":\"None\"}", RefusalReason.Algorithm)]
    [TestCase("{\"alg\":\"\"}", RefusalReason.Algorithm)]
    [TestCase("{\"alg\":\"hs256\"}", RefusalReason.Algorithm)]
    [TestCase("{\"alg\":\"RS256\"}", RefusalReason.Algorithm)]
    [TestCase("{\"alg\":\"HS512\"}", RefusalReason.Signature)]
    [TestCase("{}", RefusalReason.Malformed)]
    [TestCase("{\"alg\":[\"HS256\"]}", RefusalReason.Malformed)]
    [TestCase("{\"alg\":\"none\",\"alg\":\"HS256\"}", RefusalReason.Malformed)]
    [TestCase("{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", RefusalReason.Malformed)]
    [TestCase("{\"alg\":\"HS256\",\"kid\":7}", RefusalReason.Malformed)]
    [TestCase("{\"alg\":\"HS256\"}x", RefusalReason.Malformed)]
    [TestCase("", RefusalReason.Malformed)]
    public async Task A_header_that_is_not_as_it_should_be(string header, RefusalReason expected) =>
        Assert.That((await CheckAsync(Secret, Secret.Raw(header, "{\"sub\":\"a\",\"exp\":9e9}"))).Reason, Is.EqualTo(expected));

    [TestCase("../../../../dev/null")]
    [TestCase("/proc/self/environ")]
    [TestCase("x' UNION SELECT 'secret")]
    [TestCase("https://evil.example/jwks.json")]
    public async Task What_a_key_is_called_leads_nowhere(string id)
    {
        string good = Secret.Raw($"{{\"alg\":\"HS256\",\"kid\":\"{id}\"}}", "{\"sub\":\"a\",\"exp\":9e9}");
        string forged = TokenMaker.WithSecret("HS256", new string('\0', 32)).Raw($"{{\"alg\":\"HS256\",\"kid\":\"{id}\"}}", "{\"sub\":\"a\",\"exp\":9e9}");

        Assert.That((await CheckAsync(Secret, good)).Reason, Is.EqualTo(RefusalReason.None), "a key from a file has no name and is good for any");
        Assert.That((await CheckAsync(Secret, forged)).Reason, Is.EqualTo(RefusalReason.Signature));
    }

    [Test]
    public async Task A_public_key_is_no_secret()
    {
        foreach (string file in new[] { Rsa.FileContent, Rsa.FileContent.TrimEnd(), Rsa.FileContent + "\n" })
        {
            string forged = TokenMaker.WithSecret("HS256", file).Raw("{\"alg\":\"HS256\"}", "{\"sub\":\"a\",\"exp\":9e9}");

            Assert.That((await CheckAsync(Rsa, forged)).Reason, Is.EqualTo(RefusalReason.Algorithm));
        }
        Assert.That((await CheckAsync(Rsa, Curve.Raw("{\"alg\":\"ES256\"}", "{\"sub\":\"a\",\"exp\":9e9}"))).Reason, Is.EqualTo(RefusalReason.Algorithm));
        Assert.That((await CheckAsync(Curve, Curve.Raw("{\"alg\":\"ES384\"}", "{\"sub\":\"a\",\"exp\":9e9}"))).Reason, Is.EqualTo(RefusalReason.Algorithm), "a curve has one algorithm");
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a.b")]
    [TestCase("e30.e30")]
    [TestCase("e30.e30.")]
    [TestCase("eyJhbGciOiJIUzI1NiJ9.e30.a.b.c")]
    [TestCase("eyJhbGciOiJIUzI1NiJ9=.e30.a")]
    [TestCase("eyJhbGciOiJIUzI1NiJ9.e+0.a")]
    public async Task What_has_not_the_form_of_a_token(string word) =>
        Assert.That((await CheckAsync(Secret, word)).Reason, Is.EqualTo(RefusalReason.Malformed));

    [Test]
    public async Task A_token_that_was_changed_is_not_good()
    {
        string token = Secret.Raw("{\"alg\":\"HS256\"}", "{\"sub\":\"alice\",\"exp\":9e9}");
        string[] parts = token.Split('.');
        string[] changed =
        [
            $"{parts[0]}.{TokenMaker.Encode("{\"sub\":\"admin\",\"exp\":9e9}")}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}.{parts[2][..^2]}",
            $"{TokenMaker.Encode("{\"alg\":\"HS256\" }")}.{parts[1]}.{parts[2]}",
        ];

        foreach (string other in changed)
            Assert.That((await CheckAsync(Secret, other)).Grant, Is.Null, other);
    }

    [TestCase("\"iss\":\"me\",\"aud\":\"keker\"", RefusalReason.None)]
    [TestCase("\"iss\":\"me\",\"aud\":[\"other\",\"keker\"]", RefusalReason.None)]
    [TestCase("\"iss\":\"you\",\"aud\":\"keker\"", RefusalReason.Issuer)]
    [TestCase("\"aud\":\"keker\"", RefusalReason.Issuer)]
    [TestCase("\"iss\":[\"me\"],\"aud\":\"keker\"", RefusalReason.Claims)]
    [TestCase("\"iss\":\"me\",\"aud\":\"other\"", RefusalReason.Audience)]
    [TestCase("\"iss\":\"me\"", RefusalReason.Audience)]
    [TestCase("\"iss\":\"me\",\"aud\":[]", RefusalReason.Audience)]
    public async Task Issuer_and_audience(string claims, RefusalReason expected)
    {
        AccessOptions options = OptionsFor(Secret) with { Issuer = "me", Audience = "keker" };

        Decision decision = await CheckAsync(options, Secret.Raw("{\"alg\":\"HS256\"}", $"{{\"sub\":\"a\",\"exp\":9e9,{claims}}}"));

        Assert.That(decision.Reason, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_token_is_good_for_its_purpose_only()
    {
        string hello = Secret.Raw("{\"alg\":\"HS256\"}", "{\"sub\":\"a\",\"exp\":9e9}");
        string topic = Secret.Raw("{\"alg\":\"HS256\"}", "{\"sub\":\"a\",\"exp\":9e9,\"topic\":\"news\"}");
        string publisher = Secret.Raw("{\"alg\":\"HS256\"}", "{\"exp\":9e9,\"publish\":[\"broadcast\"]}");
        var check = CheckWith(OptionsFor(Secret));

        Assert.That(await Of(hello, TokenPurpose.Subscription), Is.EqualTo(RefusalReason.OtherPurpose));
        Assert.That(await Of(topic, TokenPurpose.Hello), Is.EqualTo(RefusalReason.OtherPurpose));
        Assert.That(await Of(topic, TokenPurpose.Publish), Is.EqualTo(RefusalReason.OtherPurpose));
        Assert.That(await Of(topic, TokenPurpose.Subscription), Is.EqualTo(RefusalReason.None));
        Assert.That(await Of(topic, TokenPurpose.Hello), Is.EqualTo(RefusalReason.OtherPurpose), "also once it was found good for another");
        Assert.That(await Of(publisher, TokenPurpose.Publish), Is.EqualTo(RefusalReason.None));
        Assert.That(await Of(publisher, TokenPurpose.Hello), Is.EqualTo(RefusalReason.Claims));

        async Task<RefusalReason> Of(string token, TokenPurpose purpose) => (await check.CheckAsync(Encoding.ASCII.GetBytes(token), purpose)).Reason;
    }

    [Test]
    public async Task A_token_that_was_good_is_not_when_its_time_is_over()
    {
        var check = CheckWith(OptionsFor(Curve));
        byte[] token = Encoding.ASCII.GetBytes(Curve.Raw("{\"alg\":\"ES256\"}", $"{{\"sub\":\"a\",\"exp\":{Now + 100}}}"));

        Assert.That((await check.CheckAsync(token, TokenPurpose.Hello)).Grant!.EndsAt, Is.EqualTo(Now + 100));
        ValueTask<Decision> again = check.CheckAsync(token, TokenPurpose.Hello);
        Assert.That(again.IsCompleted, Is.True, "what was found good is not checked again");
        Assert.That((await again).Grant, Is.Not.Null);
        _time.Advance(TimeSpan.FromSeconds(110));
        Assert.That((await check.CheckAsync(token, TokenPurpose.Hello)).Grant!.EndsAt, Is.EqualTo(Now + 160));
        _time.Advance(TimeSpan.FromSeconds(51));
        Assert.That((await check.CheckAsync(token, TokenPurpose.Hello)).Reason, Is.EqualTo(RefusalReason.Expired));
    }

    [Test]
    public async Task A_token_of_the_longest_is_taken_and_a_longer_one_is_not()
    {
        string rest = "{\"sub\":\"a\",\"exp\":9e9,\"x\":\"";
        string Sized(int filler) => Secret.Raw("{\"alg\":\"HS256\"}", rest + new string('x', filler) + "\"}");
        int most = Enumerable.Range(5900, 300).Last(filler => Sized(filler).Length <= 8192);

        Assert.That((await CheckAsync(Secret, Sized(most))).Reason, Is.EqualTo(RefusalReason.None));
        Assert.That((await CheckAsync(Secret, Sized(most + 2))).Reason, Is.EqualTo(RefusalReason.Malformed));
    }

    [TestCase(false, RefusalReason.Signature)]
    [TestCase(true, RefusalReason.None)]
    public async Task Of_a_long_token_little_is_done_where_sockets_are_polled(bool isGood, RefusalReason expected)
    {
        TokenMaker[] makers = [.. Enumerable.Range(0, 8).Select(static _ => TokenMaker.For("HS256"))];
        AccessOptions options = OptionsFor(makers[0]) with { Keys = [.. makers.SelectMany(static maker => OptionsFor(maker).Keys)] };
        TokenCheck check = CheckWith(options);
        string claims = $"{{\"sub\":\"a\",\"exp\":9e9,\"x\":[{string.Join(',', Enumerable.Repeat("1", 2900))}]}}";
        byte[] token = Encoding.ASCII.GetBytes((isGood ? makers[^1] : TokenMaker.For("HS256")).Raw("{\"alg\":\"HS256\"}", claims));
        await check.CheckAsync(token, TokenPurpose.Hello);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Task<Decision> checking = check.CheckAsync(token, TokenPurpose.Hello).AsTask();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // To read it all, once for each key, takes a quarter of a millisecond and 300 KiB.
        Assert.That(allocated, Is.LessThan(48 << 10));
        Assert.That((await checking).Reason, Is.EqualTo(expected));
    }

    private Task<Decision> CheckAsync(TokenMaker maker, string token) => CheckAsync(OptionsFor(maker), token);

    private async Task<Decision> CheckAsync(AccessOptions options, string token) =>
        await CheckWith(options).CheckAsync(Encoding.UTF8.GetBytes(token), TokenPurpose.Hello);

    private TokenCheck CheckWith(AccessOptions options) => new(new KeyStore(options, _time, NullLogger.Instance), new CheckQueue(1, 1 << 20), _time, _times);

    private static AccessOptions OptionsFor(TokenMaker maker)
    {
        using var directory = new EndToEnd.TempDirectory();
        File.WriteAllText(directory.File("jwt.key"), maker.FileContent);
        return CommandLineRun.Of("--jwt-key", $"@{directory.File("jwt.key")}").Accepted.Access;
    }
}
