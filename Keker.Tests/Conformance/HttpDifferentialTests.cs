using System.Net;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Conformance;

/// <summary>
/// The same bytes go to kekerd and to Kestrel, a server that many have tried to fool. Where the two make different things of them, one may
/// be wrong: every such place is known, with its reason.
/// </summary>
internal sealed class HttpDifferentialTests : KekerFixture
{
    /// <summary>The answers that say: this is no request, or none that is understood.</summary>
    private static readonly int[] Refusals = [400, 411, 413, 414, 417, 431, 501, 505];

    private HttpDifferentialKestrel _kestrel = null!;

    public static IEnumerable<TestCaseData> Cases =>
        HttpDifferentialCorpus.All.Select(request => new TestCaseData(request).SetArgDisplayNames(request.Name));

    [OneTimeSetUp]
    public async Task StartKestrelAsync() => _kestrel = await HttpDifferentialKestrel.StartAsync();

    [OneTimeTearDown]
    public async Task StopKestrelAsync()
    {
        if (_kestrel is not null)
            await _kestrel.DisposeAsync();
    }

    [TestCaseSource(nameof(Cases))]
    public async Task Kestrel_agrees_or_the_disagreement_is_known(HttpDifferentialCase request)
    {
        int keker = await AskAsync(Keker.EndPoint, request);
        int kestrel = await AskAsync(_kestrel.EndPoint, request);

        string verdicts = $"kekerd answers {Show(keker)}, Kestrel {Show(kestrel)}";
        Assert.That(new[] { keker, kestrel }, Has.None.EqualTo(500), verdicts);
        if (!HttpDifferentialTable.Known.TryGetValue(request.Name, out var known))
            Assert.That(Judge(keker), Is.EqualTo(Judge(kestrel)), $"{verdicts}, and nobody has said why");
        else
            Assert.That((Judge(keker), Judge(kestrel)), Is.EqualTo((known.Keker, Opposite(known.Keker))), $"{verdicts}, but the table: {known.Reason}");
    }

    [Test]
    public void Every_known_disagreement_is_about_a_request_of_the_corpus() =>
        Assert.That(HttpDifferentialTable.Known.Keys, Is.SubsetOf(HttpDifferentialCorpus.All.Select(request => request.Name)));

    [Test]
    public void No_two_requests_have_one_name() =>
        Assert.That(HttpDifferentialCorpus.All.Select(request => request.Name), Is.Unique);

    /// <returns>The status of the first answer that is final, or 0 when the connection ends without one.</returns>
    private static async Task<int> AskAsync(IPEndPoint server, HttpDifferentialCase request)
    {
        await using RawClient client = await RawClient.ConnectAsync(server);
        try
        {
            await client.SendAsync(request.Request);
            if (request.Finishes)
                client.FinishSending();
        }
        catch (IOException)
        {
            // Refused while it was being sent; the answer may be here all the same.
        }
        while (true)
        {
            int status = await ReadStatusAsync(client);
            if (status is 0 or 101 or >= 200)
                return status;
        }
    }

    /// <summary>Reads one head, and does not care how its body is framed.</summary>
    private static async Task<int> ReadStatusAsync(RawClient client)
    {
        string head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int next = await client.ReadByteAsync();
            if (next < 0)
                return 0;
            head += (char)next;
        }
        Assert.That(head, Does.Match(@"^HTTP/1\.1 \d{3} "));
        return int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3), null);
    }

    private static HttpDifferentialVerdict Judge(int status) =>
        status == 0 || Refusals.Contains(status) ? HttpDifferentialVerdict.Refused : HttpDifferentialVerdict.Accepted;

    private static HttpDifferentialVerdict Opposite(HttpDifferentialVerdict verdict) =>
        verdict == HttpDifferentialVerdict.Refused ? HttpDifferentialVerdict.Accepted : HttpDifferentialVerdict.Refused;

    private static string Show(int status) => status == 0 ? "nothing" : $"{status}";
}
