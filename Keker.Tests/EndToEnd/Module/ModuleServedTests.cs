using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Keker.Tests.EndToEnd.Module;

/// <summary>keker.js and keker.d.ts as kekerd serves them.</summary>
internal sealed partial class ModuleServedTests() : KekerFixture("--allow-origin", "https://app.example")
{
    private const int MostBytes = 3 << 10;

    [Test]
    public async Task The_module_is_small()
    {
        byte[] module = await GetBytesAsync("/keker.js");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(module);
        Assert.That(packed.Length, Is.LessThan(MostBytes));
    }

    [Test]
    public async Task What_is_taken_away_is_no_part_of_a_literal()
    {
        string source = await File.ReadAllTextAsync(Path.Combine(ReadmeFile.Root, "Keker.Server", "Web", "keker.js"));
        string served = Encoding.UTF8.GetString(await GetBytesAsync("/keker.js"));
        string code = string.Join('\n', source.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
        Assert.That(Literals(served), Is.EqualTo(Literals(code)));
        Assert.That(Literals(code), Has.Length.GreaterThan(40).And.None.Contains('\n'));
        Assert.That(served, Does.Not.Contain("//"));
    }

    [TestCase("/keker.js", "text/javascript; charset=utf-8", "Keker")]
    [TestCase("/keker.d.ts", "application/typescript; charset=utf-8", "export class Keker")]
    public async Task It_may_be_kept_and_is_asked_for_again(string path, string contentType, string content)
    {
        await using RawClient client = await ConnectAsync();
        RawResponse whole = await AskAsync(client, "GET", path, "Origin: https://other.example");
        string tag = whole.Header("ETag")!;
        RawResponse head = await AskAsync(client, "HEAD", path);
        RawResponse same = await AskAsync(client, "GET", path, $"If-None-Match: \"x\", W/{tag}");
        RawResponse other = await AskAsync(client, "GET", path, "If-None-Match: \"x\"");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((whole.Status, head.Status, same.Status, other.Status), Is.EqualTo((200, 200, 304, 200)));
            Assert.That(Encoding.UTF8.GetString(whole.Body), Does.Contain(content));
            Assert.That(tag, Does.Match("^\"[0-9a-f]{16}\"$"));
            Assert.That((head.Body.Length, same.Body.Length), Is.EqualTo((0, 0)));
            Assert.That(head.Header("Content-Length"), Is.EqualTo($"{whole.Body.Length}"));
            Assert.That(whole.Header("Content-Type"), Is.EqualTo(contentType));
            foreach (RawResponse response in (RawResponse[])[whole, head, same, other])
            {
                Assert.That(response.Header("Cache-Control"), Is.EqualTo("no-cache"));
                Assert.That(response.Header("Access-Control-Allow-Origin"), Is.EqualTo("*"));
                Assert.That(response.Header("ETag"), Is.EqualTo(tag));
            }
        }
    }

    private static string[] Literals(string code) => [.. Literal().Matches(code).Select(match => match.Value)];

    private static async Task<RawResponse> AskAsync(RawClient client, string method, string path, params string[] headers)
    {
        await client.SendAsync(RawClient.Head(method, path, headers));
        return await client.ReadResponseAsync(method == "HEAD");
    }

    private async Task<byte[]> GetBytesAsync(string path)
    {
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version11 };
        return await http.GetByteArrayAsync($"http://{Keker.EndPoint}{path}");
    }

    /// <summary>Strings, templates, and what stands between slashes on one line and begins where a value can.</summary>
    [GeneratedRegex(@"""(?:[^""\\]|\\.)*""|`(?:[^`\\]|\\.)*`|(?<=[(=!,][ ]?)/(?:[^/\\]|\\.)+/\w*")]
    private static partial Regex Literal();
}
