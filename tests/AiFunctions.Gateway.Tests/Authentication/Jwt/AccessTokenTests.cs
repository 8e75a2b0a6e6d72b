using System.Security.Claims;
using AiFunctions.Gateway.Authentication.Jwt;

namespace AiFunctions.Gateway.Tests.Authentication.Jwt;

public class AccessTokenTests
{
    [Theory]
    [InlineData("azp")]
    [InlineData("appid")]
    [InlineData("client_id")]
    [InlineData("cid")]
    public void The_application_is_found_under_each_authoritys_name_for_it(string claim) =>
        Assert.Equal("app", Read((claim, "app"))!.Application);

    [Fact]
    public void Who_names_no_application_cannot_be_told() => Assert.Null(Read(("sub", "alice"), ("aud", "api")));

    [Theory]
    [InlineData("idtyp=app sub=x oid=x", false)]
    [InlineData("idtyp=user sub=x oid=x", true)]
    [InlineData("sub=app scope=a", false)] // RFC 9068, 2.2
    [InlineData("sub=alice scope=a", true)]
    [InlineData("sub=alice scp=a roles=b", true)]
    [InlineData("sub=x oid=x roles=b", false)] // Entra, without the optional claim
    [InlineData("sub=alice", true)]
    [InlineData("scope=a", false)]
    [InlineData("idtyp=user", false)]
    public void A_token_is_a_users_or_the_applications(string claims, bool isUsers)
    {
        var token = Read([("client_id", "app"), .. claims.Split(' ').Select(claim => (claim.Split('=')[0], claim.Split('=')[1]))])!;

        Assert.Equal(isUsers, token.User is not null);
    }

    [Fact]
    public void Users_are_told_apart_by_subject_and_object_id()
    {
        string?[] users = [User("a", null), User("b", null), User("a", "1"), User("a", "2"), User(null, "1")];

        Assert.Equal(users.Length, users.Distinct().Count());
        Assert.All(users, Assert.NotNull);

        static string? User(string? subject, string? id) => Read(("client_id", "app"), ("scope", "x"), ("sub", subject ?? ""), ("oid", id ?? ""))!.User;
    }

    [Theory]
    [InlineData("scp=models.use other", true)]
    [InlineData("scope=other models.use", true)]
    [InlineData("scope=other scope=models.use", true)]
    [InlineData("scope=models.user", false)]
    [InlineData("scope=Models.Use", false)]
    [InlineData("roles=models.use", true)]
    [InlineData("roles=models.use scp=other sub=alice", false)] // the user's role is not what the user let the application do
    [InlineData("sub=alice", false)]
    public void A_scope_counts_for_all_and_a_role_for_applications(string claims, bool isAllowed)
    {
        List<(string, string)> list = [("client_id", "app")];
        foreach (var part in claims.Split(' '))
        {
            if (part.Contains('='))
            {
                list.Add((part.Split('=')[0], part.Split('=')[1]));
            }
            else
            {
                list[^1] = (list[^1].Item1, list[^1].Item2 + " " + part);
            }
        }

        Assert.Equal(isAllowed, Read([.. list])!.Allows("models.use"));
    }

    [Theory]
    [InlineData("1700000000", 1700000000)]
    [InlineData("-5", 0)]
    [InlineData("99999999999999999999", 0)]
    [InlineData("999999999999999", 0)]
    [InlineData("soon", 0)]
    public void A_strange_time_of_issue_is_none(string iat, long seconds) =>
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(seconds), Read(("client_id", "app"), ("iat", iat))!.IssuedAt);

    private static AccessToken? Read(params (string Name, string Value)[] claims) =>
        AccessToken.Read(new ClaimsPrincipal(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Name, claim.Value)))), tierClaim: "plan");
}
