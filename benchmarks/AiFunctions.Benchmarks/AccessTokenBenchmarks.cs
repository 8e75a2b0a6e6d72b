using System.Security.Cryptography;
using AiFunctions.Gateway.Authentication.Jwt;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AiFunctions.Benchmarks;

/// <summary>What it costs to check an access token whose key is known.</summary>
[MemoryDiagnoser]
public class AccessTokenBenchmarks
{
    private const string Issuer = "https://authority.example";
    private const string Audience = "https://gateway.example";

    private ServiceProvider _services = null!;
    private TokenAuthentication _tokens = null!;
    private string _authorization = "";

    /// <summary>The kind of key that it is signed by.</summary>
    [Params("RS256", "ES256")]
    public string Algorithm { get; set; } = "";

    /// <summary>Signs a token.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        SecurityKey key = Algorithm == "RS256"
            ? new RsaSecurityKey(RSA.Create(2048)) { KeyId = "one" }
            : new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "one" };
        var keys = new OpenIdConnectConfiguration { Issuer = Issuer };
        keys.SigningKeys.Add(key);
        _authorization = "Bearer " + new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Expires = DateTime.UtcNow.AddDays(1),
            Claims = new Dictionary<string, object> { ["sub"] = "operator", ["azp"] = "app", ["roles"] = new[] { JwtOptions.ManagementRole } },
            SigningCredentials = new SigningCredentials(key, Algorithm),
        });

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{JwtOptions.Section}:{nameof(JwtOptions.Authority)}"] = Issuer,
            [$"{JwtOptions.Section}:{nameof(JwtOptions.Audience)}"] = Audience,
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddAuthentication().AddGatewayJwt(configuration);

        // There are no tiers here to check the settings against.
        services.RemoveAt(services.ToList().FindIndex(service => service.ImplementationType == typeof(JwtOptionsValidator)));
        services.AddSingleton(provider => new TokenAuthority(
            _ => Task.FromResult(keys), provider.GetRequiredService<IOptions<JwtOptions>>(), TimeProvider.System, NullLogger<TokenAuthority>.Instance));
        _services = services.BuildServiceProvider();
        _tokens = new TokenAuthentication(_services.GetRequiredService<IOptions<JwtOptions>>(), applications: null!); // operators are none
        CheckAsync().GetAwaiter().GetResult();
    }

    /// <summary>Checks an operator's token, all but for finding a client.</summary>
    [Benchmark]
    public async Task CheckAsync()
    {
        await using var scope = _services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Headers.Authorization = _authorization;
        if (await _tokens.AuthenticateOperatorAsync(context) is { } error)
        {
            throw new InvalidOperationException(error.Code);
        }
    }

    /// <summary>Ends the services.</summary>
    [GlobalCleanup]
    public void CleanUp() => _services.Dispose();
}
