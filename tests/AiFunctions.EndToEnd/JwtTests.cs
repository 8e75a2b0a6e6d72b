using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiFunctions.EndToEnd.Fixtures;

namespace AiFunctions.EndToEnd;

/// <summary>Access tokens of a real authority as a way in, and all that only look like such.</summary>
public abstract class JwtTests(TokenHost tokens, AzuriteFixture azurite) : IClassFixture<TokenHost>
{
    private const string Models = "/v1/models";
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private FrontDoor Host => tokens.Host;

    private OidcProvider Authority => tokens.Authority;

    public static TheoryData<string> BadTokens => [.. Bad.Keys];

    private static Dictionary<string, Func<OidcProvider, string>> Bad { get; } = new()
    {
        ["alg none"] = a => SigningKey.Unsigned(With(a.Header(), "alg", "none"), a.Claims()) + ".",
        ["alg None, signed"] = a => a.Key.Sign(With(a.Header(), "alg", "None"), a.Claims()),
        ["no alg"] = a => a.Key.Sign(With(a.Header(), "alg", null), a.Claims()),
        ["the public key as a shared secret"] = a =>
        {
            var signed = SigningKey.Unsigned(With(a.Header(), "alg", "HS256"), a.Claims());
            return $"{signed}.{SigningKey.Text(HMACSHA256.HashData(a.Key.PublicPem(), Encoding.ASCII.GetBytes(signed)))}";
        },
        ["signed by another under its key id"] = a => new SigningKey().Sign(a.Header(), a.Claims()),
        ["unknown key"] = a => new SigningKey() is var other ? other.Sign(With(a.Header(), "kid", other.Id), a.Claims()) : "",
        ["no key id"] = a => a.Key.Sign(With(a.Header(), "kid", null), a.Claims()),
        ["own key in the header"] = a => new SigningKey() is var other ? other.Sign(With(With(a.Header(), "kid", other.Id), "jwk", other.ToJwk()), a.Claims()) : "",
        ["another issuer"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "iss", "https://elsewhere.example")),
        ["issuer with a slash"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "iss", a.Issuer + "/")),
        ["no issuer"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "iss", null)),
        ["another audience"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "aud", "https://other.example")),
        ["audience with a slash"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "aud", OidcProvider.Audience + "/")),
        ["no audience"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "aud", null)),
        ["expired"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "exp", DateTimeOffset.UtcNow.AddSeconds(-90).ToUnixTimeSeconds())),
        ["no expiry"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "exp", null)),
        ["expiry as a text"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "exp", "tomorrow")),
        ["not yet valid"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "nbf", DateTimeOffset.UtcNow.AddSeconds(120).ToUnixTimeSeconds())),
        ["of another type"] = a => a.Key.Sign(With(a.Header(), "typ", "logout+jwt"), a.Claims()),
        ["no type"] = a => a.Key.Sign(With(a.Header(), "typ", null), a.Claims()),
        ["something critical"] = a => a.Key.Sign(With(With(a.Header(), "crit", new JsonArray("b64")), "b64", false), a.Claims()),
        ["no application"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "client_id", null)),
        ["far oversized"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "padding", new string('x', 90_000))),
        ["oversized"] = a => a.Key.Sign(a.Header(), With(a.Claims(), "padding", new string('x', 13_000))),
        ["truncated in the signature"] = a => a.Key.Sign(a.Header(), a.Claims())[..^20],
        ["truncated in the claims"] = a => a.Key.Sign(a.Header(), a.Claims())[..150],
        ["truncated in the header"] = a => a.Key.Sign(a.Header(), a.Claims())[..40],
        ["changed claims"] = a =>
        {
            var parts = a.Key.Sign(a.Header(), a.Claims()).Split('.');
            return $"{parts[0]}.{SigningKey.Text(JsonSerializer.SerializeToUtf8Bytes(With(a.Claims(), "client_id", "pro-app")))}.{parts[2]}";
        },
        ["two in one"] = a => $"{a.Key.Sign(a.Header(), a.Claims())}, Bearer {a.Key.Sign(a.Header(), a.Claims())}",
        ["encrypted, by its looks"] = a => "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AAAA.AAAA.AAAA.AAAA",
        ["garbage in three parts"] = _ => "not.a.token",
        ["dots"] = _ => "..",
        ["no JSON"] = _ => $"{SigningKey.Text("nonsense"u8.ToArray())}.{SigningKey.Text("[]"u8.ToArray())}.AAAA",
        ["deep JSON"] = _ => $"{SigningKey.Text(Encoding.ASCII.GetBytes(new string('[', 4000)))}.{SigningKey.Text(Encoding.ASCII.GetBytes(new string('{', 4000)))}.AAAA",
    };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_bad_token_is_refused_without_a_word_on_why(string what)
    {
        var token = Bad[what](Authority);
        if (Host.IsTooMuchForItsHost(token.Length))
        {
            await Host.AssertHeaderRefusedByHostAsync("Authorization", "Bearer " + token);
            return;
        }

        foreach (var path in new[] { Models, "/manage/clients" })
        {
            using var response = await SendAsync(path, "Bearer " + token);
            var body = await response.Content.ReadAsStringAsync(Cancelled);

            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), (response.StatusCode, CodeOf(body)));
            Assert.Equal("Bearer error=\"invalid_token\"", Assert.Single(response.Headers.WwwAuthenticate).ToString());
            Assert.Equal(
                "The access token is not valid here; get a new one for this API from the authority.",
                JsonElement.Parse(body).GetProperty("error").GetProperty("message").GetString());
        }

        if (token.Length > 40)
        {
            Assert.DoesNotContain(token[..40], Host.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_bad_ones_are_made_of_is_good() // else they could be refused for anything
    {
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(Models, Authority.Key.Sign(Authority.Header(), Authority.Claims())));
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(Models, Authority.Key.Sign(With(Authority.Header(), "typ", "JWT"), Authority.Claims())));
        var late = With(Authority.Claims(), "exp", DateTimeOffset.UtcNow.AddSeconds(-20).ToUnixTimeSeconds());
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(Models, Authority.Key.Sign(Authority.Header(), late))); // within the clocks' skew
    }

    [Fact]
    public async Task Two_credentials_are_none()
    {
        var token = await Authority.ApplicationTokenAsync("app");
        var key = await Host.NewKeyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Models, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        request.Headers.TryAddWithoutValidation("api-key", key);
        using var response = await Host.Http.SendAsync(request, Cancelled);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), (response.StatusCode, CodeOf(await response.Content.ReadAsStringAsync(Cancelled))));
    }

    [Fact]
    public async Task Keys_work_beside_tokens()
    {
        var key = await Host.NewKeyAsync();

        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(Models, key));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await AskAsync(Models, key[..^1] + (key[^1] == 'a' ? 'b' : 'a')));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await AskAsync(Models, "sk-other"));
    }

    [Fact]
    public async Task An_application_asks_in_its_own_name_and_its_tokens_share_its_limits()
    {
        var first = await Authority.ApplicationTokenAsync("other-app");
        var second = await Authority.ApplicationTokenAsync("other-app");
        Assert.NotEqual(first, second);

        using (var answer = await Host.ChatAsync(first, "Hello"))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var usage = await UsageAsync(second);
        Assert.Equal("free", usage.GetProperty("tier").GetString());
        Assert.Equal(1, usage.GetProperty("requests_per_day").GetProperty("used").GetInt32());
    }

    [Fact]
    public async Task A_tokens_claim_can_name_the_tier()
    {
        Assert.Equal("pro", (await UsageAsync(await Authority.ApplicationTokenAsync("pro-app"))).GetProperty("tier").GetString());
        Assert.Equal("free", (await UsageAsync(await Authority.ApplicationTokenAsync("odd-app"))).GetProperty("tier").GetString());
    }

    [Fact]
    public async Task Users_of_one_application_have_limits_of_their_own()
    {
        var alice = await Authority.UserTokenAsync("alice-7f3e");
        var bob = await Authority.UserTokenAsync("bob-7f3e");
        for (var i = 0; i < 2; i++)
        {
            using var answer = await Host.ChatAsync(alice, "Hello");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var again = await Authority.UserTokenAsync("alice-7f3e");
        Assert.Equal(2, (await UsageAsync(again)).GetProperty("requests_per_day").GetProperty("used").GetInt32());
        Assert.Equal(0, (await UsageAsync(bob)).GetProperty("requests_per_day").GetProperty("used").GetInt32());
        Assert.DoesNotContain("alice-7f3e", Host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registered_application_has_what_its_client_has_until_that_is_deleted()
    {
        var token = await Authority.ApplicationTokenAsync("registered-app");
        Assert.Equal("free", (await UsageAsync(token)).GetProperty("tier").GetString());

        var created = await Host.ManageAsync(
            HttpMethod.Post,
            "/manage/clients",
            new { name = "registered", tier = "basic", application = "registered-app", models = new[] { "another" }, limits = new { requests_per_day = 7 } },
            HttpStatusCode.Created);
        var id = created.GetProperty("id").GetString()!;
        Assert.Equal("registered-app", created.GetProperty("application").GetString());
        var usage = await UsageAsync(token);
        Assert.Equal(("basic", 7), (usage.GetProperty("tier").GetString(), usage.GetProperty("requests_per_day").GetProperty("limit").GetInt32()));
        using (var answer = await Host.ChatAsync(token, "Hello"))
        {
            Assert.Equal("model_not_found", CodeOf(await answer.Content.ReadAsStringAsync(Cancelled)));
        }

        var taken = await Host.ManageAsync(HttpMethod.Post, "/manage/clients", new { name = "second", tier = "pro", application = "registered-app" }, HttpStatusCode.BadRequest);
        Assert.Equal("application", taken.GetProperty("error").GetProperty("param").GetString());

        // Its keys are the same client's.
        var key = await Host.IssueKeyAsync(id);
        Assert.Equal(7, (await UsageAsync(key)).GetProperty("requests_per_day").GetProperty("limit").GetInt32());

        // It can be given up and taken by another.
        await Host.ManageAsync(HttpMethod.Patch, $"/manage/clients/{id}", new { application = (string?)null }, HttpStatusCode.OK);
        Assert.Equal("free", (await UsageAsync(token)).GetProperty("tier").GetString());
        var other = await Host.CreateClientAsync("third", "enterprise");
        await Host.ManageAsync(HttpMethod.Patch, $"/manage/clients/{other}", new { application = "registered-app" }, HttpStatusCode.OK);
        Assert.Equal("enterprise", (await UsageAsync(token)).GetProperty("tier").GetString());
        await Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{other}", null, HttpStatusCode.NoContent);
        Assert.Equal("free", (await UsageAsync(token)).GetProperty("tier").GetString());
        await Host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{id}", null, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_token_without_the_scope_may_nothing()
    {
        var token = await Authority.ApplicationTokenAsync("app", scope: null);
        using var response = await SendAsync(Models, "Bearer " + token);

        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), (response.StatusCode, CodeOf(await response.Content.ReadAsStringAsync(Cancelled))));
        Assert.Equal("Bearer error=\"insufficient_scope\"", Assert.Single(response.Headers.WwwAuthenticate).ToString());
    }

    [Fact]
    public async Task The_role_lets_manage_and_nothing_else_does()
    {
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync("/manage/clients", await Authority.ApplicationTokenAsync("operator-app")));
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync("/manage/clients", Host.ManagementKey!));
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), await AskAsync("/manage/clients", await Authority.ApplicationTokenAsync("app")));
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), await AskAsync("/manage/clients", await Authority.UserTokenAsync("carol")));
    }

    [Fact]
    public async Task A_token_is_no_key_to_replace()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/keys/rotate", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", await Authority.ApplicationTokenAsync("app"));
        request.Content = JsonContent.Create(new { });
        using var response = await Host.Http.SendAsync(request, Cancelled);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (response.StatusCode, CodeOf(await response.Content.ReadAsStringAsync(Cancelled))));
    }

    [Fact]
    public async Task Bad_tokens_count_towards_a_block()
    {
        var settings = TokenHost.Settings(azurite, Authority);
        settings["AbuseBlocking__Violations"] = "5";
        await using var host = await FrontDoors.StartAsync(settings);
        var bad = Bad["expired"](Authority);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), await AskAsync(Models, bad, host));
        }

        Assert.Equal((HttpStatusCode.Forbidden, "temporarily_blocked"), await AskAsync(Models, bad, host));
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(Models, await Authority.ApplicationTokenAsync("app"), host));
    }

    [Fact]
    public async Task Who_breaks_the_limits_is_blocked_and_not_the_other_users_of_the_application()
    {
        var settings = TokenHost.Settings(azurite, Authority);
        settings["AbuseBlocking__Violations"] = "3";
        settings["AbuseBlocking__FirstBlockSeconds"] = "600";
        settings["RateLimits__Tiers__free__RequestsPerMinute"] = "2";
        await using var host = await FrontDoors.StartAsync(settings);
        var alice = await Authority.UserTokenAsync("alice");
        var bob = await Authority.UserTokenAsync("bob");
        var seen = new List<HttpStatusCode>();
        while (!seen.Contains(HttpStatusCode.Forbidden))
        {
            Assert.True(seen.Count < 100);
            using var answer = await host.ChatAsync(alice, "Hello");
            seen.Add(answer.StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, seen);
        Assert.All(seen, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden));

        using (var answer = await host.ChatAsync(bob, "Hello"))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var block = Assert.Single((await host.ManageAsync(HttpMethod.Get, "/manage/blocks", null, HttpStatusCode.OK)).GetProperty("data").EnumerateArray());
        await host.ManageAsync(HttpMethod.Delete, $"/manage/blocks/{block.GetProperty("id").GetString()}", null, HttpStatusCode.NoContent);
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(Models, alice, host));

        // An operator can block whom no client record stands for.
        await host.ManageAsync(HttpMethod.Post, "/manage/blocks", new { client_id = block.GetProperty("client_id").GetString(), seconds = 60 }, HttpStatusCode.Created);
        Assert.Equal((HttpStatusCode.Forbidden, "temporarily_blocked"), await AskAsync(Models, alice, host));
        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(Models, bob, host));
    }

    [Fact]
    public async Task What_a_crash_leaves_of_a_registration_grants_nothing_and_is_mended_by_the_next()
    {
        var settings = TokenHost.Settings(azurite, Authority);
        var rows = azurite.Tables().GetTableClient(settings["Storage__TablePrefix"] + "Clients");
        await using var host = await FrontDoors.StartAsync(settings);
        var token = await Authority.ApplicationTokenAsync("registered-app");
        var first = (await host.ManageAsync(HttpMethod.Post, "/manage/clients", new { name = "first", tier = "basic", application = "registered-app" }, HttpStatusCode.Created))
            .GetProperty("id").GetString()!;

        // As if the process had died on the way: the client is deleted, the application's row is not.
        await rows.DeleteEntityAsync(first, "client", cancellationToken: Cancelled);
        var second = (await host.ManageAsync(HttpMethod.Post, "/manage/clients", new { name = "second", tier = "pro" }, HttpStatusCode.Created))
            .GetProperty("id").GetString()!; // has this instance forget what it knew
        Assert.Equal("free", await TierAsync());
        await host.ManageAsync(HttpMethod.Patch, $"/manage/clients/{second}", new { application = "registered-app" }, HttpStatusCode.OK);
        Assert.Equal("pro", await TierAsync());

        // The client names the application, the application's row was never written.
        var row = Assert.Single(await rows.QueryAsync<Azure.Data.Tables.TableEntity>("RowKey eq 'application'", cancellationToken: Cancelled).ToListAsync(Cancelled));
        await rows.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: Cancelled);
        await host.ManageAsync(HttpMethod.Patch, $"/manage/clients/{second}", new { name = "still the second" }, HttpStatusCode.OK);
        Assert.Equal("free", await TierAsync());
        await host.ManageAsync(HttpMethod.Patch, $"/manage/clients/{second}", new { application = "registered-app" }, HttpStatusCode.OK);
        Assert.Equal("pro", await TierAsync());

        await host.ManageAsync(HttpMethod.Delete, $"/manage/clients/{second}", null, HttpStatusCode.NoContent);
        Assert.Empty(await rows.QueryAsync<Azure.Data.Tables.TableEntity>(cancellationToken: Cancelled).ToListAsync(Cancelled));

        async Task<string?> TierAsync()
        {
            using var response = await SendAsync("/v1/usage", "Bearer " + token, host);
            return JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancelled)).GetProperty("tier").GetString();
        }
    }

    [Fact]
    public async Task Only_registered_applications_are_served_where_the_settings_say_so()
    {
        var settings = TokenHost.Settings(azurite, Authority);
        settings["Authentication__Jwt__RequireRegistration"] = "true";
        await using var host = await FrontDoors.StartAsync(settings);
        var token = await Authority.ApplicationTokenAsync("registered-app");
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await AskAsync(Models, token, host));

        await host.ManageAsync(HttpMethod.Post, "/manage/clients", new { name = "registered", tier = "basic", application = "registered-app" }, HttpStatusCode.Created);

        Assert.Equal((HttpStatusCode.OK, null), await AskAsync(Models, token, host));
    }

    [Fact]
    public async Task Without_an_authority_a_token_is_a_wrong_key_and_no_application_can_be_registered()
    {
        var settings = TokenHost.Settings(azurite, Authority);
        settings["Authentication__Jwt__Authority"] = "";
        await using var host = await FrontDoors.StartAsync(settings);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await AskAsync(Models, await Authority.ApplicationTokenAsync("app"), host));
        var refused = await host.ManageAsync(HttpMethod.Post, "/manage/clients", new { name = "a", tier = "pro", application = "app" }, HttpStatusCode.BadRequest);
        Assert.Equal("application", refused.GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task No_table_and_no_log_line_has_the_token_or_the_user()
    {
        var user = "dora-52c1";
        var token = await Authority.UserTokenAsync(user);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await Host.ChatAsync(token, "Hello");
        }

        Assert.DoesNotContain(user, Host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Split('.')[1], Host.Output, StringComparison.Ordinal);
        await foreach (var table in azurite.Tables().QueryAsync(cancellationToken: Cancelled))
        {
            await foreach (var row in azurite.Tables().GetTableClient(table.Name).QueryAsync<Azure.Data.Tables.TableEntity>(cancellationToken: Cancelled))
            {
                var text = string.Join('\n', row.Select(property => property.Value));
                Assert.DoesNotContain(user, text, StringComparison.Ordinal);
                Assert.DoesNotContain(token.Split('.')[1], text, StringComparison.Ordinal);
            }
        }
    }

    private static JsonObject With(JsonObject json, string name, JsonNode? value)
    {
        if (value is null)
        {
            json.Remove(name);
        }
        else
        {
            json[name] = value;
        }

        return json;
    }

    private async Task<JsonElement> UsageAsync(string credential)
    {
        using var response = await SendAsync("/v1/usage", "Bearer " + credential);
        var body = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonElement.Parse(body);
    }

    private async Task<(HttpStatusCode Status, string? Code)> AskAsync(string path, string credential, FrontDoor? host = null)
    {
        using var response = await SendAsync(path, "Bearer " + credential, host);
        return (response.StatusCode, CodeOf(await response.Content.ReadAsStringAsync(Cancelled)));
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string authorization, FrontDoor? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await (host ?? Host).Http.SendAsync(request, Cancelled);
    }

    private static string? CodeOf(string body) =>
        JsonElement.Parse(body).TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;
}
