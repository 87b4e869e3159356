"use strict";

// Swagger UI leaves its introduction outside every landmark and skips a level of headings.
const landmarks = ({ React }) => ({
  wrapComponents: {
    InfoContainer: (Original) => (props) =>
      React.createElement("section", { "aria-label": "About" }, React.createElement(Original, props)),
    operations: (Original) => (props) =>
      React.createElement(
        React.Fragment,
        null,
        React.createElement("h2", { className: "visually-hidden" }, "Operations"),
        React.createElement(Original, props),
      ),
  },
});

SwaggerUIBundle({
  url: "{{ schema_url|escapejs }}",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [landmarks],
  layout: "BaseLayout",
  deepLinking: false, // its links are buttons inside buttons
  docExpansion: "list",
  requestInterceptor: (request) => {
    if (!["GET", undefined].includes(request.method)) {
      request.headers["{{ csrf_header_name|escapejs }}"] = "{{ csrf_token }}";
    }
    return request;
  },
});
