"""Hand-overs, leave, work records."""

from django.urls import path

from . import views

urlpatterns = [
    path("hand-over/", views.hand_overs, name="hand-overs"),
    path("hand-over/new/", views.new_hand_over, name="new-hand-over"),
    path("hand-over/<uuid:hand_over_id>/", views.hand_over, name="hand-over"),
    path("hand-over/<uuid:hand_over_id>/confirm/", views.confirm, name="confirm"),
    path("hand-over/<uuid:hand_over_id>/complete/", views.complete, name="complete"),
    path("hand-over/<uuid:hand_over_id>/withdraw/", views.withdraw, name="withdraw"),
    path("hand-over/<uuid:hand_over_id>/paper/", views.hand_over_paper, name="hand-over-paper"),
    path("hand-over/<uuid:hand_over_id>/book/", views.hand_over_book, name="hand-over-book"),
    path("leave/", views.leaves, name="leaves"),
    path("leave/new/", views.new_leave, name="new-leave"),
    path("leave/<uuid:leave_id>/end/", views.end, name="end-leave"),
    path("work/", views.works, name="works"),
    path("work/book/", views.works_book, name="works-book"),
    path("work/<uuid:doctor_id>/<int:year>/<int:number>/", views.work, name="work"),
    path("work/<uuid:doctor_id>/<int:year>/<int:number>/sign/", views.sign, name="sign"),
    path("work/<uuid:doctor_id>/<int:year>/<int:number>/agree/", views.agree, name="agree"),
    path("work/<uuid:doctor_id>/<int:year>/<int:number>/appeal/", views.appeal, name="appeal"),
    path("work/<uuid:doctor_id>/<int:year>/<int:number>/answer/", views.answer, name="answer"),
    path("work/<uuid:doctor_id>/<int:year>/<int:number>/paper/", views.work_paper, name="work-paper"),
]
