namespace Keker.Tests.Server.Options;

internal sealed class CommandLineMistakesTests
{
    private const string Buffer = "bytes, such as 65536, 64k or 64KiB";
    private const string Address = "expected host:port, [ipv6]:port, *:port or unix:/path";
    private const string Duration = "such as 500ms, 5s, 1m30s or 1h; bare digits are seconds";
    private const string Help = "see kekerd --help";
    private const string Switch = "expected on or off (or true/false, yes/no, 1/0)";
    private const string Origin =
        "expected scheme://host[:port] in ASCII without a path, file:// or null; a host may begin with *. for one label, such as https://*.example.com; "
        + "leave the option out to allow any";
    private const string Key = "1 to 4096 visible ASCII characters without spaces";

    [TestCase("--read-buffer 1023", $"--read-buffer '1023': expected 1024 to 1073741824 {Buffer}")]
    [TestCase("--read-buffer 1073741825", $"--read-buffer '1073741825': expected 1024 to 1073741824 {Buffer}")]
    [TestCase("-r 64kB", $"--read-buffer '64kB': expected 1024 to 1073741824 {Buffer}")]
    [TestCase("-r 1023T", $"--read-buffer '1023T': expected 1024 to 1073741824 {Buffer}")]
    [TestCase("--write-buffer 0", $"--write-buffer '0': expected 1 to 67108864 {Buffer}")]
    [TestCase("--write-buffer -1", $"--write-buffer '-1': expected 1 to 67108864 {Buffer}")]
    [TestCase("--write-buffer +1", $"--write-buffer '+1': expected 1 to 67108864 {Buffer}")]
    [TestCase("--cache-size 1073741825", $"--cache-size '1073741825': expected 0 to 1073741824 {Buffer}")]
    [TestCase("--cache-memory x", $"--cache-memory 'x': expected 0 to 17592186044416 {Buffer}")]
    [TestCase("--lag 99999999999999999999", $"--lag '99999999999999999999': expected 4 to 17592186044416 {Buffer}")]
    [TestCase("--lag 4194303", "--lag '4194303': expected at least 4194304 bytes, 4 x --write-buffer")]
    [TestCase("--lag 4194304 -w 1048577", "--lag '4194304': expected at least 4194308 bytes, 4 x --write-buffer")]
    [TestCase("--timeout 0", "--timeout '0': expected 1 to 86400 whole seconds, such as 60 or 1m30s")]
    [TestCase("--timeout 86401", "--timeout '86401': expected 1 to 86400 whole seconds, such as 60 or 1m30s")]
    [TestCase("--timeout 1500ms", "--timeout '1500ms': expected 1 to 86400 whole seconds, such as 60 or 1m30s")]
    [TestCase("--cache 5d", $"--cache '5d': expected 0 or a duration up to 24h, {Duration}")]
    [TestCase("--cache 25h", $"--cache '25h': expected 0 or a duration up to 24h, {Duration}")]
    [TestCase("--drain 1h1ms", $"--drain '1h1ms': expected 0 or a duration up to 1h, {Duration}")]
    [TestCase("--verbose TRACE", "--verbose 'TRACE': expected ERROR, WARN, INFO or DEBUG")]
    [TestCase("--max-connections -1", "--max-connections '-1': expected 0 to 2147483647, digits only")]
    [TestCase("--listen 3498", $"--listen '3498': {Address}")]
    [TestCase("--listen http://0.0.0.0:3498", "--listen 'http://0.0.0.0:3498': expected an address without http:// or the like, such as 127.0.0.1:3498; with --cert and --key it speaks TLS")]
    [TestCase("--listen 0.0.0.0:3498,mode=0660", "--listen '0.0.0.0:3498,mode=0660': expected proxy after the comma, or nothing; mode=0660 goes with unix: only")]
    [TestCase("--trust-proxy 10.0.0.1/8", "--trust-proxy '10.0.0.1/8': expected an address or a network without bits behind its prefix, such as 10.0.0.0/8 or 2001:db8::/32")]
    [TestCase("--listen unix:/s,mode=999", "--listen 'unix:/s,mode=999': expected mode= and an octal number up to 0777, or proxy, after the comma, such as unix:/run/keker.sock,mode=0660")]
    [TestCase("--admin-listen x:y", "--admin-listen 'x:y': expected a port from 0 to 65535 after the last colon")]
    [TestCase("-l a:1 -l A:1", "--listen 'A:1': expected another address, this one is listened on already")]
    [TestCase("-l 127.0.0.1:1 -l localhost:1", "--listen 'localhost:1': expected another address, this one is listened on already")]
    [TestCase("--admin-listen 0.0.0.0:3498", "--admin-listen '0.0.0.0:3498': expected another address, this one is listened on already")]
    [TestCase("--hook-url backend.example", "--hook-url: expected http://host[:port]/path or https://, without a user")]
    [TestCase("--hook-url ftp://backend.example/", "--hook-url: expected http://host[:port]/path or https://, without a user")]
    [TestCase("--hook-url http://me:pass@backend.example/", "--hook-url: expected http://host[:port]/path or https://, without a user")]
    [TestCase("--hook-secret a --hook-secret b", "--hook-secret: given 2 times, expected once")]
    [TestCase("--hook-secret é", "--hook-secret: expected 1 to 4096 visible ASCII characters without spaces")]
    [TestCase("--allow-origin *", $"--allow-origin '*': {Origin}")]
    [TestCase("--allow-origin https://a/", $"--allow-origin 'https://a/': {Origin}")]
    [TestCase("--cert a", "--cert: given without --key, expected both for TLS or none")]
    [TestCase("-k a", "--key: given without --cert, expected both for TLS or none")]
    [TestCase("--timeout", "--timeout: value missing, expected --timeout SECONDS")]
    [TestCase("--write-buffer --what", $"--write-buffer '--what': expected 1 to 67108864 {Buffer}")]
    [TestCase("--timeout --lag 9999999", "--timeout: value missing, expected --timeout SECONDS")]
    [TestCase("-l a:1 -l", "--listen: value missing, expected --listen ADDRESS")]
    [TestCase("-t 5 --timeout 6", "--timeout: given 2 times ('5', '6'), expected once")]
    [TestCase("--nonsense", $"--nonsense: no such option, the nearest is --listen, {Help}")]
    [TestCase("--ekko", $"--ekko: no such option, the nearest is --echo, {Help}")]
    [TestCase("--publish_key secret", $"--publish_key: no such option, the nearest is --publish-key, {Help}")]
    [TestCase("--Publish-Key=secret", $"--Publish-Key: no such option, the nearest is --publish-key, {Help}")]
    [TestCase("--hlep", $"--hlep: no such option, the nearest is --help, {Help}")]
    [TestCase("--echo maybe", $"--echo 'maybe': {Switch}")]
    [TestCase("--echo on --echo off", "--echo: given 2 times ('on', 'off'), expected once")]
    [TestCase("-timeout 5", $"-timeout: no such option, the nearest is --timeout, {Help}")]
    [TestCase("-x", $"-x: no such option, {Help}")]
    [TestCase("--nonsense=5", $"--nonsense: no such option, the nearest is --listen, {Help}")]
    [TestCase("start", "'start': belongs to no option, expected options only")]
    [TestCase("kekerd", "'kekerd': belongs to no option, expected options only")]
    [TestCase("[suggest]", "'[suggest]': belongs to no option, expected options only")]
    [TestCase("--listen=", "--listen: value missing, expected --listen ADDRESS")]
    [TestCase("-t 5 6", "'6': belongs to no option, expected options only")]
    public void A_mistake_is_one_line_that_says_what_is_accepted(string line, string expected)
    {
        CommandLineRun run = CommandLineRun.Of(line.Split(' '));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Errors, Is.EqualTo(new[] { $"kekerd: {expected}" }));
            Assert.That(run.Output, Is.Empty);
            Assert.That(run.Options, Is.Null);
            Assert.That(run.ExitCode, Is.EqualTo(2));
        }
    }

    [TestCase("KEKER_TIMEOUT", "x", "KEKER_TIMEOUT 'x': expected 1 to 86400 whole seconds, such as 60 or 1m30s")]
    [TestCase("KEKER_LAG", "4", "KEKER_LAG '4': expected at least 4194304 bytes, 4 x --write-buffer")]
    [TestCase("KEKER_CERT", "x", "KEKER_CERT: given without --key, expected both for TLS or none")]
    [TestCase("KEKER_PUBLISH_KEY", "", "KEKER_PUBLISH_KEY: set but empty, expected KEY; unset it to do without")]
    [TestCase("KEKER_ALLOW_ORIGIN", " , ", "KEKER_ALLOW_ORIGIN: set but empty, expected ORIGIN; unset it to do without")]
    [TestCase("KEKER_PUBLISH_KEYS", "x", "'KEKER_PUBLISH_KEYS': no such option, and nearly KEKER_PUBLISH_KEY, which guards access: correct it or unset it")]
    [TestCase("KEKER_PUBLISHKEY", "x", "'KEKER_PUBLISHKEY': no such option, and nearly KEKER_PUBLISH_KEY, which guards access: correct it or unset it")]
    [TestCase("KEKERPUBLISH_KEY", "x", "'KEKERPUBLISH_KEY': no such option, and nearly KEKER_PUBLISH_KEY, which guards access: correct it or unset it")]
    [TestCase("keker_publish_key", "x", "'keker_publish_key': no such option, and nearly KEKER_PUBLISH_KEY, which guards access: correct it or unset it")]
    [TestCase("KEKER_PUBLISH_KYE", "", "'KEKER_PUBLISH_KYE': no such option, and nearly KEKER_PUBLISH_KEY, which guards access: correct it or unset it")]
    [TestCase("KEKER_ALLOW_ORIGINS", "x", "'KEKER_ALLOW_ORIGINS': no such option, and nearly KEKER_ALLOW_ORIGIN, which guards access: correct it or unset it")]
    [TestCase("KEKER_ADMIN-LISTEN", "x", "'KEKER_ADMIN-LISTEN': no such option, and nearly KEKER_ADMIN_LISTEN, which guards access: correct it or unset it")]
    [TestCase("KEKER_ADMIN_LISTEN", "", "KEKER_ADMIN_LISTEN: set but empty, expected ADDRESS; unset it to do without")]
    public void A_mistake_in_the_environment_names_the_variable(string variable, string value, string expected)
    {
        CommandLineRun run = CommandLineRun.With(new() { [variable] = value });

        Assert.That((run.ExitCode, run.Errors), Is.EqualTo((2, new[] { $"kekerd: {expected}" })));
    }

    [Test]
    public void All_mistakes_are_told_at_once()
    {
        CommandLineRun run = CommandLineRun.With(
            new() { ["KEKER_DRAIN"] = "soon" },
            "--what", "-l", "x", "-l", "unix:y", "--cert", "a\0b", "-t", "0", "--lag", "1", "-w");

        Assert.That(run.Errors, Is.EqualTo(new[]
        {
            $"kekerd: --what: no such option, the nearest is --cert, {Help}",
            "kekerd: --write-buffer: value missing, expected --write-buffer BYTES",
            $"kekerd: --listen 'x': {Address}",
            "kekerd: --listen 'unix:y': expected unix: and an absolute path, such as unix:/run/keker.sock",
            "kekerd: --cert 'a?b': expected the path of a PEM file",
            "kekerd: --timeout '0': expected 1 to 86400 whole seconds, such as 60 or 1m30s",
            $"kekerd: --lag '1': expected 4 to 17592186044416 {Buffer}",
            $"kekerd: KEKER_DRAIN 'soon': expected 0 or a duration up to 1h, {Duration}",
            "kekerd: --cert: given without --key, expected both for TLS or none",
        }));
    }

    [Test]
    public void A_value_cannot_break_its_line_or_the_terminal()
    {
        CommandLineRun run = CommandLineRun.Of("-v", "a\nb\u001b[2J" + new string('x', 200));

        Assert.That(run.Errors, Is.EqualTo(new[] { $"kekerd: --verbose 'a?b?[2J{new string('x', 113)}...': expected ERROR, WARN, INFO or DEBUG" }));
    }

    [TestCase("", $"--publish-key: expected {Key}")]
    [TestCase("top secret", $"--publish-key: expected {Key}")]
    [TestCase("sécret", $"--publish-key: expected {Key}")]
    [TestCase("secret\n", $"--publish-key: expected {Key}")]
    [TestCase("@", "--publish-key: the file after @ cannot be read")]
    [TestCase("@/no/such/secret", "--publish-key: the file after @ does not exist")]
    [TestCase("@/", "--publish-key: the file after @ cannot be read")]
    [TestCase("@/dev/zero", $"--publish-key: expected in the file after @ {Key}")]
    [TestCase("@/dev/null", $"--publish-key: expected in the file after @ {Key}")]
    public void A_bad_publish_key_is_told_without_the_key(string key, string expected)
    {
        CommandLineRun run = CommandLineRun.Of("--publish-key", key);

        Assert.That((run.ExitCode, run.Errors), Is.EqualTo((2, new[] { $"kekerd: {expected}" })));
    }

    [Test]
    public void Of_several_publish_keys_the_bad_one_is_told_by_its_place()
    {
        CommandLineRun run = CommandLineRun.Of("--publish-key", "good", "--publish-key", "a b");

        Assert.That(run.Errors, Is.EqualTo(new[] { $"kekerd: --publish-key (number 2): expected {Key}" }));
    }

    [TestCase("--publish-key secret secret")]
    [TestCase("--publish-keys secret")]
    [TestCase("--publish-keys=secret")]
    [TestCase("-p secret")]
    [TestCase("--publish-key a -secretSecret")]
    [TestCase("--publish-key a --publish-key")]
    [TestCase("--publish-key a @secret")]
    [TestCase("--publish_key secret")]
    [TestCase("--publish_key=secret")]
    [TestCase("--PUBLISH-KEY=secret")]
    public void What_may_be_a_key_is_never_repeated(string line)
    {
        CommandLineRun run = CommandLineRun.Of(line.Split(' '));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.Errors, Has.Length.EqualTo(1));
            Assert.That(run.Errors, Has.None.Contains("secret"));
        }
    }
}
