namespace Keker.Tests.Protocol.Http;

/// <summary>Heads that must be accepted.</summary>
internal static class GoodHeads
{
    public static IEnumerable<TestCaseData> All =>
    [
        new TestCaseData("GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n"),
        new TestCaseData("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        new TestCaseData("PUT /v1/publish HTTP/1.1\r\nHost: 127.0.0.1:3498\r\nUser-Agent: curl/8.5.0\r\nToken: Li Si\r\nContent-Length: 12\r\n\r\n"),
        new TestCaseData("POST /v1/publish?x=1&y=?/ HTTP/1.1\r\nHost:a\r\nTransfer-Encoding: \t chunked \t\r\n\r\n"),
        new TestCaseData("POST / HTTP/1.1\r\nHost: a\r\n\r\n"),
        new TestCaseData("DELETE /v1/sessions?token=a HTTP/1.1\r\nHost: a:\r\n\r\n"),
        new TestCaseData("HEAD / HTTP/1.9\r\nHost: \r\n\r\n"),
        new TestCaseData("TRACE / HTTP/1.1\r\nHost: [::1]\r\n\r\n"),
        new TestCaseData("PATCH / HTTP/1.1\r\nhOsT: a.b-c_d~e:65535\r\n\r\n"),
        new TestCaseData("OPTIONS * HTTP/1.1\r\nHost: [2001:DB8::1.2.3.4]:80\r\n\r\n"),
        new TestCaseData("GET http://b:80/x?y HTTP/1.1\r\nHost: a\r\n\r\n"),
        new TestCaseData("GET HTTPS://[::1] HTTP/1.1\r\nHost: a\r\n\r\n"),
        new TestCaseData("GET http://b?q HTTP/1.1\r\nHost: a%20b\r\n\r\n"),
        new TestCaseData("GET / HTTP/1.0\r\n\r\n"),
        new TestCaseData("PUT / HTTP/1.0\r\nContent-Length: 9223372036854775807\r\nConnection: Keep-Alive\r\n\r\n"),
        new TestCaseData("GET / HTTP/1.1\r\nHost: a\r\nConnection: , close,,Upgrade ,\r\nExpect: 100-Continue\r\nX:\r\nY: \t\xFF\x80 \t\r\n\r\n"),
        new TestCaseData("GET /%00/..//%2f\\%C0%AE?\"<> HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: chunked\r\n\r\n"),
    ];
}
