using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class EffectiveSettingsTests
{
    [Test]
    public void Every_option_is_there_in_the_order_of_the_help_text() =>
        Assert.That(EffectiveSettings.Of(new KekerOptions()).Select(setting => setting.Definition), Is.EqualTo(OptionDefinitions.All));

    [Test]
    public void What_is_in_force_shows_and_nothing_that_is_secret()
    {
        KekerOptions options = CommandLineRun.Of(
            "--publish-key", "SECRET-one", "--publish-key", "SECRET-two", "--hook-url", "https://a.example/hooks?key=SECRET", "--hook-secret", "SECRET",
            "--auth-url", "http://b.example:81/ask?SECRET", "--jwt-jwks", "https://c.example/keys?SECRET", "--write-buffer", "4M", "--drain-delay", "5s",
            "--listen", "127.0.0.1:1", "--listen", "unix:/run/keker.sock,mode=0660", "--log-format", "JSON", "--trust-proxy", "10.0.0.0/8").Accepted;

        string line = EffectiveSettings.Line(options);

        Assert.That(line, Does.Not.Contain("SECRET").And.Not.Contain("\n"));
        Assert.That(line.Split(' '), Is.SupersetOf(new[]
        {
            "listen=127.0.0.1:1,unix:/run/keker.sock,mode=0660", "write-buffer=4194304", "lag=16777216", "timeout=1m", "publish-key=(2)", "drain-delay=5s",
            "hook-url=https://a.example/hooks?...", "auth-url=http://b.example:81/ask?...", "jwt-jwks=https://c.example/keys?...", "log-format=json",
            "trust-proxy=10.0.0.0/8", "cert=none", "echo=off",
        }));
    }

    [TestCase("--auth-url", "http://user:SECRET@a.example/")]
    [TestCase("--auth-url", "SECRET")]
    [TestCase("--jwt-jwks", "https://user:SECRET@a.example/")]
    public void A_mistake_in_a_URL_does_not_repeat_it(string option, string value)
    {
        CommandLineRun run = CommandLineRun.Of(option, value);
        Assert.That(run.Errors.Single(), Does.StartWith($"kekerd: {option}: expected ").And.Not.Contain("SECRET"));
        run = CommandLineRun.Of(option, "https://a.example/SECRET", option, "https://a.example/SECRET");
        Assert.That(run.Errors.Single(), Does.Contain("given 2 times").And.Not.Contain("SECRET"));
    }
}
