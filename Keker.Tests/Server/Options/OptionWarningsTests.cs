using System.Runtime.Versioning;
using Keker.Server.Options;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Options;

internal sealed class OptionWarningsTests
{
    private const string GoodKey = "0123456789abcdef";

    [TestCase("0123456789abcde", 1)]
    [TestCase(GoodKey, 0)]
    public void A_short_key_can_be_guessed(string key, int warnings)
    {
        string[] lines = [.. OptionWarnings.Of(CommandLineRun.Of("--publish-key", key).Accepted)];
        Assert.That(lines, Has.Length.EqualTo(warnings));
        Assert.That(lines, Has.None.Contains(key));
    }

    [TestCase(UnixFileMode.UserRead | UnixFileMode.OtherRead, 1)]
    [TestCase(UnixFileMode.UserRead | UnixFileMode.GroupRead, 0)]
    [TestCase(UnixFileMode.UserRead | UnixFileMode.UserWrite, 0)]
    [UnsupportedOSPlatform("windows")]
    public void A_key_file_that_others_can_read_is_told(UnixFileMode mode, int warnings)
    {
        using var directory = new TempDirectory();
        string path = directory.File("key");
        File.WriteAllText(path, GoodKey);
        File.SetUnixFileMode(path, mode);

        string[] ofPublishKey = [.. OptionWarnings.Of(CommandLineRun.Of("--publish-key", "@" + path).Accepted)];
        string[] ofTls = [.. OptionWarnings.Of(CommandLineRun.Of("--cert", path, "--key", path).Accepted)];

        Assert.That((ofPublishKey.Length, ofTls.Length), Is.EqualTo((warnings, warnings)));
        Assert.That(ofPublishKey.Concat(ofTls), Has.All.Contains(path).And.None.Contains(GoodKey));
    }

    [Test]
    public void A_key_file_that_is_not_there_is_for_others_to_tell() =>
        Assert.That(OptionWarnings.Of(CommandLineRun.Of("--cert", "/no/such/file", "--key", "/no/such/file").Accepted), Is.Empty);

    [Test]
    public void Without_options_nothing_is_wrong() => Assert.That(OptionWarnings.Of(new KekerOptions()), Is.Empty);
}
