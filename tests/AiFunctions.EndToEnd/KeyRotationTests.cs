using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>A key and its successor.</summary>
public abstract class KeyRotationTests(SimulatorHost simulated) : IClassFixture<SimulatorHost>
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    private FrontDoor Host => simulated.Host;

    [Fact]
    public async Task A_client_replaces_its_key_and_both_work_until_the_old_one_ends()
    {
        var old = await Host.NewKeyAsync();
        var (status, body, _) = await SendAsync(HttpMethod.Post, "/v1/keys/rotate", old);

        Assert.Equal(HttpStatusCode.Created, status);
        var successor = body.GetProperty("key").GetString()!;
        Assert.StartsWith("aif_" + body.GetProperty("key_id").GetString(), successor, StringComparison.Ordinal);
        var ends = body.GetProperty("previous_key_expires_at").GetDateTimeOffset();
        Assert.InRange(ends - DateTimeOffset.UtcNow, TimeSpan.FromDays(13.99), TimeSpan.FromDays(14));

        var (oldStatus, _, sunset) = await SendAsync(HttpMethod.Get, "/v1/models", old);
        Assert.Equal(HttpStatusCode.OK, oldStatus);
        Assert.Equal(ends.UtcDateTime.ToString("R", CultureInfo.InvariantCulture), sunset);
        var (newStatus, _, noSunset) = await SendAsync(HttpMethod.Get, "/v1/models", successor);
        Assert.Equal(HttpStatusCode.OK, newStatus);
        Assert.Null(noSunset);
    }

    [Fact]
    public async Task A_key_with_a_successor_gets_no_other_until_that_one_is_revoked()
    {
        var client = await Host.CreateClientAsync("asks again", "free");
        var old = await NewKeyAsync(client);
        var (_, first, firstSunset) = await SendAsync(HttpMethod.Post, "/v1/keys/rotate", old);
        var lost = first.GetProperty("key_id").GetString();

        var (status, refused, sunset) = await SendAsync(HttpMethod.Post, "/v1/keys/rotate", old);

        Assert.Equal((HttpStatusCode.Conflict, "already_rotated"), (status, refused.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(first.GetProperty("previous_key_expires_at").GetDateTimeOffset().UtcDateTime.ToString("R", CultureInfo.InvariantCulture), sunset);
        Assert.Equal(sunset, firstSunset);
        var asOperator = await Host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys/{KeyId(old)}/rotate", null, HttpStatusCode.Conflict);
        Assert.Equal("already_rotated", asOperator.GetProperty("error").GetProperty("code").GetString());

        await Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{client}/keys/{lost}", null, HttpStatusCode.NoContent);
        var (again, second, _) = await SendAsync(HttpMethod.Post, "/v1/keys/rotate", old);
        Assert.Equal(HttpStatusCode.Created, again);
        Assert.Equal(first.GetProperty("previous_key_expires_at").GetDateTimeOffset(), second.GetProperty("previous_key_expires_at").GetDateTimeOffset());
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/v1/models", second.GetProperty("key").GetString()!)).Status);
    }

    [Fact]
    public async Task Of_many_that_rotate_a_key_at_once_one_gets_a_successor()
    {
        var old = await NewKeyAsync(await Host.CreateClientAsync("at once", "basic"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => SendAsync(HttpMethod.Post, "/v1/keys/rotate", old)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal(11, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task What_was_made_with_a_key_is_revoked_with_it_and_what_an_operator_made_is_not()
    {
        var client = await Host.CreateClientAsync("leaked", "basic");
        var leaked = await NewKeyAsync(client);
        var child = (await SendAsync(HttpMethod.Post, "/v1/keys/rotate", leaked)).Body.GetProperty("key").GetString()!;
        var grandchild = (await SendAsync(HttpMethod.Post, "/v1/keys/rotate", child)).Body.GetProperty("key").GetString()!;
        var operators = (await Host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys/{KeyId(grandchild)}/rotate", null, HttpStatusCode.Created))
            .GetProperty("key").GetString()!;

        await Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{client}/keys/{KeyId(leaked)}", null, HttpStatusCode.NoContent);

        foreach (var fallen in new[] { leaked, child, grandchild })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/v1/models", fallen)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/v1/models", operators)).Status);
        var keys = (await Host.ManageAsync(HttpMethod.Get, $"/manage/clients/{client}/keys", null, HttpStatusCode.OK)).GetProperty("data").EnumerateArray()
            .ToDictionary(key => key.GetProperty("key_id").GetString()!);
        Assert.Equal((null, false, KeyId(child)), Lineage(leaked));
        Assert.Equal((KeyId(leaked), true, KeyId(grandchild)), Lineage(child));
        Assert.Equal((KeyId(child), true, KeyId(operators)), Lineage(grandchild));
        Assert.Equal((KeyId(grandchild), false, null), Lineage(operators));
        var events = await Host.ManageAsync(HttpMethod.Get, $"/manage/clients/{client}/keys/events?limit=100", null, HttpStatusCode.OK);
        Assert.Equal(3, events.GetProperty("data").EnumerateArray().Count(happened => happened.GetProperty("event").GetString() == "revoked"));

        (string?, bool, string?) Lineage(string key) => keys[KeyId(key)] is var row
            ? (row.GetProperty("rotated_from").GetString(), row.GetProperty("falls_with_predecessor").GetBoolean(), row.GetProperty("successor_id").GetString())
            : default;
    }

    [Fact]
    public async Task An_operator_replaces_a_key_without_grace()
    {
        var client = await Host.CreateClientAsync("rotated", "free");
        var issued = await Host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys", new { expires_in_days = 30 }, HttpStatusCode.Created);
        var path = $"/manage/clients/{client}/keys/{issued.GetProperty("key_id").GetString()}/rotate";

        var rotated = await Host.ManageAsync(HttpMethod.Post, path, new { grace_days = 0 }, HttpStatusCode.Created);

        var (status, body, _) = await SendAsync(HttpMethod.Get, "/v1/models", issued.GetProperty("key").GetString()!);
        Assert.Equal((HttpStatusCode.Unauthorized, "expired_api_key"), (status, body.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/v1/models", rotated.GetProperty("key").GetString()!)).Status);
        var keys = (await Host.ManageAsync(HttpMethod.Get, $"/manage/clients/{client}/keys", null, HttpStatusCode.OK)).GetProperty("data").EnumerateArray().ToList();
        var successor = Assert.Single(keys, key => key.GetProperty("key_id").GetString() == rotated.GetProperty("key_id").GetString());
        Assert.InRange(successor.GetProperty("expires_at").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromDays(29.9), TimeSpan.FromDays(30));

        var again = await Host.ManageAsync(HttpMethod.Post, path, null, HttpStatusCode.BadRequest); // it has ended
        Assert.Equal("invalid_request", again.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("""{"grace_days":-1}""", 400, "grace_days")]
    [InlineData("""{"grace_days":366}""", 400, "grace_days")]
    [InlineData("""{"grace":1}""", 400, "grace")]
    public async Task Bad_fields_are_named(string body, int status, string param)
    {
        var client = await Host.CreateClientAsync("fields", "free");
        var issued = await Host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys", null, HttpStatusCode.Created);
        var answer = await Host.ManageAsync(
            HttpMethod.Post, $"/manage/clients/{client}/keys/{issued.GetProperty("key_id").GetString()}/rotate", JsonElement.Parse(body), (HttpStatusCode)status);

        Assert.Equal(param, answer.GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task Unknown_keys_are_not_found_and_revoked_ones_have_no_successor()
    {
        var client = await Host.CreateClientAsync("unknown", "free");
        await Host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys/nothing/rotate", null, HttpStatusCode.NotFound);
        var issued = await Host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys", null, HttpStatusCode.Created);
        var path = $"/manage/clients/{client}/keys/{issued.GetProperty("key_id").GetString()}";
        await Host.ManageAsync(HttpMethod.Delete, path, null, HttpStatusCode.NoContent);

        await Host.ManageAsync(HttpMethod.Post, path + "/rotate", null, HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Post, "/v1/keys/rotate", issued.GetProperty("key").GetString()!)).Status);
    }

    [Fact]
    public async Task Rotating_on_and_on_does_not_make_keys_without_end()
    {
        var key = await NewKeyAsync(await Host.CreateClientAsync("on and on", "enterprise"));
        var made = 1;
        while (true)
        {
            var (status, body, _) = await SendAsync(HttpMethod.Post, "/v1/keys/rotate", key);
            if (status != HttpStatusCode.Created)
            {
                break;
            }

            Assert.InRange(++made, 1, 50);
            key = body.GetProperty("key").GetString()!;
        }

        Assert.Equal(50, made);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/v1/models", key)).Status);
    }

    private static string KeyId(string key) => key.Split('_')[1];

    private async Task<string> NewKeyAsync(string client) =>
        (await Host.ManageAsync(HttpMethod.Post, $"/manage/clients/{client}/keys", null, HttpStatusCode.Created)).GetProperty("key").GetString()!;

    private async Task<(HttpStatusCode Status, JsonElement Body, string? Sunset)> SendAsync(HttpMethod method, string path, string key)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new("Bearer", key);
        request.Content = method == HttpMethod.Post ? JsonContent.Create(new { }) : null;
        using var response = await Host.Http.SendAsync(request, _cancelled);
        return (
            response.StatusCode,
            JsonElement.Parse(await response.Content.ReadAsStringAsync(_cancelled)),
            response.Headers.TryGetValues("Sunset", out var values) ? values.Single() : null);
    }
}
