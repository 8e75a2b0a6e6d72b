using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestId;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Cors;

/// <summary>Registers CORS from the settings.</summary>
internal static class CorsServices
{
    private static readonly string[] DefaultMethods = ["GET", "POST"];

    private static readonly string[] DefaultHeaders =
    [
        "authorization", "api-key", "x-api-key", "content-type", "x-request-id", "anthropic-version", "anthropic-beta",
        "anthropic-dangerous-direct-browser-access", "openai-organization", "openai-project", "openai-beta", "idempotency-key", "user-agent",
        "x-stainless-lang", "x-stainless-package-version", "x-stainless-os", "x-stainless-arch", "x-stainless-runtime",
        "x-stainless-runtime-version", "x-stainless-retry-count", "x-stainless-timeout", "x-stainless-helper-method", "x-stainless-poll-helper",
        "x-stainless-helper", "x-stainless-custom-poll-interval", "x-stainless-async", "x-stainless-raw-response", "x-stainless-read-timeout",
        "traceparent", "tracestate",
    ];

    // What a page may read of a response, beyond what browsers let it read anyway.
    private static readonly string[] ExposedHeaders =
    [
        RequestIdMiddleware.HeaderName, "retry-after", RetryAfterHeader.ShouldRetry, "sunset", "x-output-filter",
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    ];

    // The longest that any browser keeps the answer to a preflight; without it, every call would need one after five seconds.
    private static readonly TimeSpan PreflightAge = TimeSpan.FromHours(2);

    public static IServiceCollection AddGatewayCors(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CrossOriginOptions>().Bind(configuration.GetSection(CrossOriginOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CrossOriginOptions>, CrossOriginOptionsValidator>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<CrossOriginOptions>>((cors, options) => cors.AddDefaultPolicy(policy => Apply(options.Value, policy)));
        return services;
    }

    // Without origins the middleware is left out altogether: it would answer every preflight, if only with a refusal.
    public static IApplicationBuilder UseGatewayCors(this IApplicationBuilder app) =>
        app.ApplicationServices.GetRequiredService<IOptions<CrossOriginOptions>>().Value.AllowedOrigins.Count > 0 ? app.UseCors() : app;

    private static void Apply(CrossOriginOptions options, CorsPolicyBuilder policy)
    {
        policy.WithOrigins([.. options.AllowedOrigins])
            .WithMethods(options.AllowedMethods.Count > 0 ? [.. options.AllowedMethods] : DefaultMethods)
            .WithHeaders(options.AllowedHeaders.Count > 0 ? [.. options.AllowedHeaders] : DefaultHeaders)
            .WithExposedHeaders(ExposedHeaders)
            .SetPreflightMaxAge(PreflightAge);
        if (options.AllowCredentials)
        {
            policy.AllowCredentials();
        }
    }
}
