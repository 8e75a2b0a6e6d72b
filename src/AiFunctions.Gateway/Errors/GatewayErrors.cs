namespace AiFunctions.Gateway.Errors;

/// <summary>The contract's errors. Texts are generic: none repeats what a caller or an upstream said.</summary>
internal static class GatewayErrors
{
    public static readonly GatewayError InvalidJson = new(400, "invalid_json", "The body is not valid JSON; send one JSON object.");
    public static readonly GatewayError DuplicateField = new(400, "invalid_json", "The body names a field twice in one object; name each field once.");
    public static readonly GatewayError NotAnObject = new(400, "invalid_json", "The body must be a JSON object.");
    public static readonly GatewayError EmptyBody = new(400, "invalid_json", "The body is empty; send a JSON object.");
    public static readonly GatewayError InvalidEncoding = new(400, "invalid_encoding", "The body is not valid UTF-8 text; encode it as UTF-8 without lone surrogates.");
    public static readonly GatewayError BrokenBody = new(400, "invalid_request", "The body did not arrive whole; check Content-Length and send the request again.");
    public static readonly GatewayError NestingTooDeep = new(400, "nesting_too_deep", "The body is nested too deeply; flatten it to at most 64 levels.");
    public static readonly GatewayError CredentialInUrl = new(
        400, "credential_in_url",
        "Credentials do not belong in the URL, where logs keep them; send the key in the Authorization header and rotate this one.");

    /// <summary>Says neither what was found nor how sure we are: that would teach how to get around it.</summary>
    public static readonly GatewayError PromptRejected = new(
        400, "prompt_rejected",
        "The prompt was refused by the content policy; rephrase it, and tell an operator the request id if this is a mistake.");

    public static readonly GatewayError MissingCredentials = new(401, "missing_credentials", "No credentials came with the request; send 'Authorization: Bearer <key>'.");
    public static readonly GatewayError InvalidApiKey = new(401, "invalid_api_key", "The API key is not valid; check it or ask for a new one.");
    public static readonly GatewayError ExpiredApiKey = new(401, "expired_api_key", "The API key has expired; ask for a new one.");

    /// <summary>Whatever is wrong with the token: which of its claims it is would help only those who forge one.</summary>
    public static readonly GatewayError InvalidToken = new(
        401, "invalid_token", "The access token is not valid here; get a new one for this API from the authority.")
    {
        Challenge = "Bearer error=\"invalid_token\"",
    };

    /// <summary>Unknown, removed, expired or without a chain: for a certificate as for a token, which of these is not said.</summary>
    public static readonly GatewayError InvalidCertificate =
        new(401, "invalid_token", "The client certificate is not trusted here; check that it is valid and ask an operator to register it.");
    public static readonly GatewayError MissingCertificate =
        new(401, "missing_credentials", "No client certificate came with the request; connect with one that an operator has registered.");

    public static readonly GatewayError OtherClientsCredential =
        new(403, "forbidden", "The client certificate and the key or token belong to different clients; send those of one client.");
    public static readonly GatewayError ApplicationNotRegistered = new(403, "forbidden", "The token's application is not registered here; ask an operator to register it.");
    public static readonly GatewayError MissingTokenScope = new(
        403, "insufficient_scope", "The access token lacks the scope or role that this API takes; ask the authority for it.")
    {
        Challenge = "Bearer error=\"insufficient_scope\"",
    };
    public static readonly GatewayError ManagementOff = new(403, "forbidden", "The management API is off; an operator must set Management__Key or Authentication__Jwt__Authority.");
    public static readonly GatewayError ManagementNetwork = new(
        403, "forbidden", "The management API is closed to this network; an operator must add it to Management__AllowedNetworks.");
    public static readonly GatewayError UpstreamForbidden = new(403, "forbidden", "The model server refused access to this gateway; an operator must check its credentials there.");
    public static readonly GatewayError InsufficientScope = new(403, "insufficient_scope", "This client may not call this operation; ask an operator for the scope.");
    public static readonly GatewayError TemporarilyBlocked = new(
        403, "temporarily_blocked",
        "This caller is blocked for a while; wait as long as Retry-After says, and tell an operator if you do not know why.");

    public static readonly GatewayError KeyNotLive = new(400, "invalid_request", "This key has been revoked or has expired, so it can have no successor; issue a new one.");
    public static readonly GatewayError NoKeyToRotate = new(
        400, "invalid_request",
        "This operation replaces the API key that the request came with; send one instead of a token or a certificate.");
    public static readonly GatewayError TooManyKeys = new(400, "invalid_request", "This client has too many live keys; revoke those that are no longer used.");
    public static readonly GatewayError NotFound = new(404, "not_found", "There is nothing at this address; check the path and the id.");
    public static readonly GatewayError ModelNotFound =
        new(404, "model_not_found", "This model is not available to this client; GET /v1/models lists those that are.") { Param = "model" };

    public static readonly GatewayError AlreadyRotated = new(
        409, "already_rotated", "This key has a successor that works; use it, or have an operator revoke it if it was lost, and ask again with this key.");

    public static readonly GatewayError MethodNotAllowed = new(405, "method_not_allowed", "This address does not take this method; see the Allow header.");
    public static readonly GatewayError UnsupportedMediaType =
        new(415, "unsupported_media_type", "Send the body as 'Content-Type: application/json' in UTF-8, without a Content-Encoding.");
    public static readonly GatewayError RequestTooLarge = new(413, "request_too_large", "The request is too large; send a smaller one.");

    public static readonly GatewayError UpstreamRefused = new(
        400, "invalid_request",
        "The model server refused the request as invalid; check the model's documentation for the parameters that it takes.");
    public static readonly GatewayError UpstreamConflict = new(409, "conflict", "The model server says that the request conflicts with another; try again.");
    public static readonly GatewayError UpstreamUnprocessable = UpstreamRefused with { Status = 422 };

    /// <summary>With the shortest wait, for servers that tell none: SDKs then wait longer from try to try by themselves.</summary>
    public static readonly GatewayError UpstreamRateLimited = new(
        429, "upstream_rate_limited", "The model server takes no more requests at the moment; try again later.")
    {
        RetryAfterSeconds = 1,
    };
    public static readonly GatewayError TooManyReports = new(
        429, "concurrent_requests", "Other reports are being made, and they take turns; try again when Retry-After says.")
    {
        RetryAfterSeconds = 5,
    };

    public static readonly GatewayError UpstreamError = new(502, "upstream_error", "The model server failed to answer properly; try again, and tell an operator if it stays so.");
    public static readonly GatewayError UpstreamUnavailable =
        new(503, "upstream_unavailable", "The model server cannot be reached at the moment; try again later.") { RetryAfterSeconds = 5 };
    public static readonly GatewayError AuthorityUnavailable = new(
        503, "upstream_unavailable", "The authority that issues access tokens cannot be asked about this one at the moment; try again when Retry-After says.")
    {
        RetryAfterSeconds = 5,
    };
    public static readonly GatewayError UpstreamTimeout = new(504, "upstream_timeout", "The model server did not answer in time; try again or ask for less.");
    public static readonly GatewayError Stopping = new(503, "upstream_unavailable", "The service is restarting; try again.") { RetryAfterSeconds = 1 };

    public static readonly GatewayError StorageUnavailable =
        new(503, "storage_unavailable", "The service cannot reach its storage at the moment; try again later.") { RetryAfterSeconds = 5 };

    public static readonly GatewayError Internal = new(500, "internal_error", "The service failed on this request; tell an operator the request id.");

    /// <summary>A field that is missing, of the wrong type or out of range.</summary>
    /// <param name="param">The field's path. Never a value that the caller chose, and a name only if it is short and plain.</param>
    /// <param name="rule">What the field must be, as the end of a sentence: <c>must be a string</c>.</param>
    public static GatewayError InvalidField(string param, string rule) => new(400, "invalid_request", $"'{param}' {rule}.") { Param = param };
}
