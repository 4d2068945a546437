using System.Text;

namespace Keker.Tests.Server.Options;

internal sealed class PublishKeysTests
{
    private string _path = "";

    [SetUp]
    public void MakeFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void RemoveFile() => File.Delete(_path);

    [TestCase("s3cret")]
    [TestCase("s3cret\n")]
    [TestCase("s3cret\r\n")]
    public void A_key_file_loses_one_line_end(string content)
    {
        File.WriteAllText(_path, content);

        byte[] key = CommandLineRun.Of("--publish-key", "@" + _path).Accepted.PublishKeys.Single();

        Assert.That(Encoding.UTF8.GetString(key), Is.EqualTo("s3cret"));
    }

    [TestCase("\n")]
    [TestCase("s3cret\n\n")]
    [TestCase("first\nsecond\n")]
    [TestCase(" s3cret")]
    public void A_key_file_holds_one_key_and_nothing_else(string content)
    {
        File.WriteAllText(_path, content);

        CommandLineRun run = CommandLineRun.Of("--publish-key", "@" + _path);

        Assert.That(run.Errors, Is.EqualTo(new[]
        {
            "kekerd: --publish-key: expected in the file after @ 1 to 4096 visible ASCII characters without spaces",
        }));
    }

    [TestCase(4096, 0)]
    [TestCase(4097, 2)]
    public void The_longest_key_fits_with_its_line_end(int length, int exitCode)
    {
        File.WriteAllText(_path, new string('k', length) + "\r\n");

        Assert.That(CommandLineRun.Of("--publish-key", "@" + _path).ExitCode, Is.EqualTo(exitCode));
    }
}
