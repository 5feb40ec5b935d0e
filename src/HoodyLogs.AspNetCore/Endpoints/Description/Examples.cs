namespace HoodyLogs.AspNetCore.Endpoints.Description;

/// <summary>Examples of response bodies.</summary>
internal static class Examples
{
    public const string Entry =
        """
        {"id":84322,"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","tsMs":1718202834102,"tsIso":"2024-06-12T14:33:54.102Z","kind":"response","level":"info","projectId":"proj_a1b2c3d4","containerId":"cnt_x9y8z7w6","serviceName":"user-api","method":"POST","url":"/v1/users","clientIp":"203.0.113.42","status":201,"data":{"bytesOut":318,"durationMs":102},"source":"backend"}
        """;

    public const string Page = "{\"entries\":[" + Entry + "],\"total\":1284,\"limit\":200,\"offset\":0}";

    public const string Open =
        """
        {"entries":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","tsMs":1718202834000,"tsIso":"2024-06-12T14:33:54.000Z","kind":"request","level":"info","projectId":"proj_a1b2c3d4","containerId":"cnt_x9y8z7w6","serviceName":"user-api","method":"POST","url":"/v1/users","clientIp":"203.0.113.42","data":{"bytesIn":412,"userAgent":"Hoody-CLI/1.4.2","protocol":"HTTP/2","openMs":5102.25},"source":"backend"}],"total":1}
        """;

    public const string FannedOut = Entry + "\n{\"__trailer\":true,\"cursor\":null,\"stoppedReason\":\"end\"}\n";

    public const string SnapshotExpired = """{"__trailer":true,"error":"snapshot_expired","status":410}""";

    public const string Stream = "id: 84322\ndata: " + Entry + "\n\n:\n\n";

    public const string Stats =
        """
        {"total":8421,"byLevel":{"info":6200,"warn":1500,"error":521,"debug":200},"byProject":{"proj_a1b2c3d4":5000,"proj_e5f6g7h8":3421},"byContainer":{"cnt_x9y8z7w6":3000,"cnt_m5n6o7p8":5421},"byService":{"user-api":4200,"billing-api":2100,"webhook-svc":2121}}
        """;

    public const string Tunnel =
        """
        [{"ingestedAt":"2024-03-15T10:32:45.123000Z","startedAt":"2024-03-15T10:32:44.890Z","method":"GET","path":"/api/users","statusCode":200,"durationMs":42.5,"responseBytes":1024,"error":false,"protocol":"http"}]
        """;

    public static string BadRequest { get; } = Error(400, "Bad Request", "Parameter 'limit' is 'abc'; it takes an integer from 1 to 1000.");

    public static string NotFound { get; } = Error(404, "Not Found", "There is no such log entry");

    public static string Error(int status, string phrase, string message) =>
        $$"""{"statusCode":{{status}},"error":"{{phrase}}","message":"{{message}}"}""";

    public static string TunnelError(string code, string message) => $$"""{"code":"{{code}}","message":"{{message}}"}""";
}
