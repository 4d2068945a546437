using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Keker.Tests.EndToEnd.OpenApi;

/// <summary>openapi.json says what kekerd does: each of its examples is sent, and each answer is one that it describes.</summary>
internal sealed partial class OpenApiTests() : KekerFixture("--publish-key", Secret, "--echo", "on")
{
    private const string Secret = "openapi-key";

    /// <summary>What the example of each operation gets while nobody is there.</summary>
    private static readonly Dictionary<string, int> Expected = new()
    {
        ["publish"] = 202,
        ["publishByPut"] = 202,
        ["publishBatch"] = 200,
        ["broadcast"] = 200,
        ["broadcastByPut"] = 200,
        ["listSessions"] = 200,
        ["logOut"] = 200,
        ["listOnline"] = 200,
        ["subscribe"] = 200,
        ["mayPageSubscribe"] = 204,
        ["echo"] = 426,
        ["clientModule"] = 200,
        ["clientModuleTypes"] = 200,
        ["openApi"] = 200,
        ["health"] = 200,
        ["ready"] = 200,
        ["metrics"] = 200,
        ["stats"] = 200,
        ["statsOfSessions"] = 200,
    };

    private HttpClient _client = null!;

    protected override string? Key => Secret;

    [OneTimeSetUp]
    public void Connect() => _client = new HttpClient { BaseAddress = new Uri($"http://{Keker.EndPoint}") };

    [OneTimeTearDown]
    public void Disconnect() => _client?.Dispose();

    private static IEnumerable<TestCaseData> Examples() =>
        from operation in ApiOperation.All
        from type in operation.Bodies.Select(body => (string?)body.Type).DefaultIfEmpty(null)
        select new TestCaseData(operation, type).SetArgDisplayNames(operation.Id, type ?? "no body");

    private static IEnumerable<TestCaseData> Guarded() =>
        ApiOperation.All.Where(operation => operation.NeedsKey).Select(operation => new TestCaseData(operation).SetArgDisplayNames(operation.Id));

    [TestCaseSource(nameof(Examples))]
    public async Task Each_example_gets_an_answer_that_is_described(ApiOperation operation, string? type)
    {
        using HttpRequestMessage request = operation.Example(type);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Secret);

        using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Soon("an answer");

        Assert.That((int)answer.StatusCode, Is.EqualTo(Expected[operation.Id]));
        await ExpectDescribedAsync(operation, answer);
    }

    [TestCaseSource(nameof(Guarded))]
    public async Task Without_a_key_it_is_refused_as_described(ApiOperation operation)
    {
        using HttpRequestMessage request = operation.Example(operation.Bodies.Select(body => body.Type).FirstOrDefault());

        using HttpResponseMessage answer = await _client.SendAsync(request).Soon("an answer");

        Assert.That((int)answer.StatusCode, Is.EqualTo(401));
        Assert.That(answer.Headers.WwwAuthenticate, Is.Not.Empty);
        await ExpectDescribedAsync(operation, answer);
    }

    [TestCase("publish", "POST", "/v1/publish", "", 400)]
    [TestCase("publish", "POST", "/v1/publish", "Token: nobody", 404)]
    [TestCase("publish", "POST", "/v1/publish", "Token: nobody|Content-Encoding: gzip", 415)]
    [TestCase("publish", "POST", "/v1/publish", "Token: here", 200)]
    [TestCase("publish", "POST", "/v1/publish", "Token: here|Prefer: wait=1", 202)]
    [TestCase("broadcast", "POST", "/v1/broadcast", "", 200)]
    [TestCase("publishBatch", "POST", "/v1/publish/batch", "Token: here", 400)]
    [TestCase("listSessions", "GET", "/v1/sessions?token=here", "", 200)]
    [TestCase("listSessions", "GET", "/v1/sessions", "", 400)]
    [TestCase("listOnline", "GET", "/v1/online", "", 200)]
    [TestCase("statsOfSessions", "GET", "/v1/stats/sessions", "", 200)]
    [TestCase("subscribe", "GET", "/v1/subscribe", "", 426)]
    [TestCase("subscribe", "GET", "/v1/subscribe", "Accept: text/event-stream", 400)]
    public async Task With_somebody_there_answers_are_as_described_too(string id, string method, string path, string headers, int status)
    {
        string token = NewToken();
        await using RawWebSocket here = await JoinAsync(token);
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("here", token, StringComparison.Ordinal));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
        if (method == "POST")
            request.Content = new StringContent("text");
        foreach (string[] header in headers.Replace("here", token, StringComparison.Ordinal).Split('|', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ")))
        {
            if (!request.Headers.TryAddWithoutValidation(header[0], header[1]))
                request.Content!.Headers.TryAddWithoutValidation(header[0], header[1]);
        }

        using HttpResponseMessage answer = await _client.SendAsync(request).Soon("an answer");

        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
        await ExpectDescribedAsync(ApiOperation.All.Single(operation => operation.Id == id), answer);
    }

    [Test]
    public void Every_route_is_in_the_document_and_the_other_way_round()
    {
        string router = File.ReadAllText(Path.Combine(ReadmeFile.Root, "Keker.Server", "Http", "Endpoints", "Router.cs"));
        string[] routes = [.. Route().Matches(router).Select(match => match.Groups[1].Value)];

        Assert.That(routes, Is.Not.Empty);
        Assert.That(ApiOperation.All.Select(operation => operation.Path).Distinct(), Is.EquivalentTo(routes));
    }

    [Test]
    public void Every_operation_has_a_name_of_its_own_and_an_example_that_is_sent() =>
        Assert.That(ApiOperation.All.Select(operation => operation.Id), Is.EquivalentTo(Expected.Keys));

    [Test]
    public async Task Methods_that_are_not_in_the_document_are_refused()
    {
        foreach (IGrouping<string, ApiOperation> path in ApiOperation.All.GroupBy(operation => operation.Path))
        {
            foreach (string method in ((string[])["GET", "PUT", "POST", "DELETE"]).Except(path.Select(operation => operation.Method)))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path.Key);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
                using HttpResponseMessage answer = await _client.SendAsync(request).Soon("an answer");
                Assert.That((int)answer.StatusCode, Is.EqualTo(405), $"{method} {path.Key}");
            }
        }
    }

    [Test]
    public void Its_own_examples_are_what_its_schemas_say()
    {
        List<string> mistakes = [];
        foreach (ApiOperation operation in ApiOperation.All)
        {
            mistakes.AddRange(operation.Bodies.SelectMany(body => JsonSchema.Mistakes(operation.Document, body.Schema, body.Example, operation.Id)));
            foreach (JsonProperty answer in operation.Operation.GetProperty("responses").EnumerateObject())
            {
                if (answer.Value.TryGetProperty("content", out JsonElement contents)
                    && contents.TryGetProperty("application/json", out JsonElement content) && content.TryGetProperty("examples", out JsonElement examples))
                {
                    mistakes.AddRange(examples.EnumerateObject().SelectMany(example =>
                        JsonSchema.Mistakes(operation.Document, content.GetProperty("schema"), example.Value.GetProperty("value"), operation.Id)));
                }
            }
        }
        Assert.That(mistakes, Is.Empty);
    }

    [Test]
    public void It_has_the_version_of_kekerd() =>
        Assert.That(
            File.ReadAllText(Path.Combine(ReadmeFile.Root, "Directory.Build.props")),
            Does.Contain($"<Version>{ApiOperation.Root.GetProperty("info").GetProperty("version")}</Version>"));

    [Test]
    public async Task It_is_served_at_every_address_without_a_key()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--admin-listen", "127.0.0.1:0", "--publish-key", Secret);
        byte[] file = await File.ReadAllBytesAsync(Path.Combine(ReadmeFile.Root, "Keker.Server", "Web", "openapi.json"));
        foreach (IPEndPoint endPoint in keker.EndPoints.Concat(keker.AdminEndPoints))
            Assert.That(await _client.GetByteArrayAsync($"http://{endPoint}/openapi.json"), Is.EqualTo(file));
    }

    /// <summary>Its status and media type are in the document, and its body is what the schema there says.</summary>
    private static async Task ExpectDescribedAsync(ApiOperation operation, HttpResponseMessage answer)
    {
        JsonElement described = operation.Answer((int)answer.StatusCode);
        if (!described.TryGetProperty("content", out JsonElement contents))
            return;
        string type = answer.Content.Headers.ContentType!.MediaType!;
        Assert.That(contents.TryGetProperty(type, out JsonElement content), Is.True, $"{operation.Id} does not tell of {type}");
        if (type == "text/event-stream")
            return;
        string body = await answer.Content.ReadAsStringAsync().Soon("the body");
        if (type == "application/json")
        {
            using JsonDocument json = JsonDocument.Parse(body);
            Assert.That(JsonSchema.Mistakes(operation.Document, content.GetProperty("schema"), json.RootElement), Is.Empty, body);
        }
        else if (operation.Id == "publishBatch")
        {
            JsonElement line = JsonSchema.Resolve(operation.Document, "#/components/schemas/LineAnswer");
            foreach (string text in body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using JsonDocument json = JsonDocument.Parse(text);
                Assert.That(JsonSchema.Mistakes(operation.Document, line, json.RootElement), Is.Empty, text);
            }
        }
    }

    [GeneratedRegex("SequenceEqual\\(\"(/[^\"]*)\"u8\\)")]
    private static partial Regex Route();
}
